"""What individuals draw: sampling them."""
