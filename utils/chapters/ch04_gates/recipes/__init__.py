"""What takes minutes in chapter 04, done once; beside each script lies what it wrote."""
