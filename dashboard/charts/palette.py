"""Colours that read on the light and the dark page alike, and by the colour-blind (blue and orange).

Text, axes and grid lines take the page's theme; only what carries meaning is coloured here.
"""

ACCENT = "#3d8fe8"
WORSE = "#e0761a"
BETTER = "#1fa387"
MUTED = "#8593a3"
BAND = "rgba(61, 143, 232, 0.18)"
GRID = "rgba(133, 147, 163, 0.22)"

CATEGORIES = (
    "#3d8fe8",
    "#e0761a",
    "#1fa387",
    "#9b78e0",
    "#d0578f",
    "#b3a125",
    "#5fb8d6",
    "#8593a3",
)
"""For lines side by side; a category past the last repeats in order."""
