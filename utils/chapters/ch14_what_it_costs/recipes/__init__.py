"""What takes minutes in chapter 14, done once; beside each script lies what it wrote."""
