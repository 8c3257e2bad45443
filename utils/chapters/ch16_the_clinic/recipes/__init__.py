"""What takes minutes in chapter 16, done once; beside each script lies what it wrote."""
