"""What changed in a small grey picture: numpy on arrays of brightness, nothing else. What of it is motion is decided in rules/motion.

sizes.py       the working size, and the cells changes are gathered in
light.py       takes out what only the light did: gain, exposure, clouds
shake.py       takes out that the camera moved a little
background.py  how the picture looks without what moves, how much each place fluctuates, and learning both
shapes.py      cells that changed, joined to shapes and described as rules/motion/observations.py wants them
detector.py    one picture after the other
"""

from __future__ import annotations
