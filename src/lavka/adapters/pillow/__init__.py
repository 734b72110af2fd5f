"""Pictures with Pillow, in files: a stranger's file comes in, a safe one is kept."""
