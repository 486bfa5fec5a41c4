"""Charts as SVG, drawn without any library."""
