"""Frames in, Plotly figures out. Colours are tokens (`@accent`) where the page's theme decides."""
