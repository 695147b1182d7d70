"""The commands: one module a command, named as the command is."""
