"""ECR's rules, which hold in the emulator and in the strict ECR server alike."""
