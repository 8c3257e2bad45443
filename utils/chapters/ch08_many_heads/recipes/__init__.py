"""What takes minutes in chapter 08, done once; beside each script lies what it wrote."""
