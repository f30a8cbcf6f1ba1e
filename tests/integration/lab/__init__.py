"""The lab: its life, and each rule that it adds to the emulator."""
