"""What it was that moved: pictures in, detections out. An optional extra (script/objects), without which all else works.

detection.py   what a finder says of a picture; pure
finder.py      the interface, and which finder is used
ssd.py         a small one for the CPU; ssd_boxes.py: its numbers as boxes, pure
"""
