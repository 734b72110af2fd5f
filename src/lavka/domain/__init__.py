"""What a shop is: plain Python that imports nothing but the standard library."""
