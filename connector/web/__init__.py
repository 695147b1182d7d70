"""What pages share: templates, styles, charts, and the headers that keep them safe."""
