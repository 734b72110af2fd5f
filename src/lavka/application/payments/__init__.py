"""What is done with payments: asked for, opened at the till, followed, given back, compared."""
