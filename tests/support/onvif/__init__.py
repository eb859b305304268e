"""A camera that speaks SOAP, with knobs for what real ones get wrong.

camera     the device: an HTTP server, who may ask, which service answers what
answers    the XML it speaks
head       what turns: a position that moves with time and stops when it should, or doesn't
pullpoint  subscriptions and the messages that wait in them
"""
