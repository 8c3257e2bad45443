"""What takes minutes in chapter 10, done once; beside each script lies what it wrote."""
