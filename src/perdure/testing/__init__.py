"""The test kit: users prove their own workflows with what perdure is proved with."""
