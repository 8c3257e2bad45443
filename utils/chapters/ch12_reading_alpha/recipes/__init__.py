"""What takes minutes in chapter 12, done once; beside each script lies what it wrote."""
