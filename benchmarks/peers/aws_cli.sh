#!/usr/bin/env bash
# The usual recipe: everything that list-images shows, in one batch-delete-image.
set -euo pipefail

aws ecr batch-delete-image --repository-name "$ECR_REPOSITORY_NAME" \
  --image-ids "$(aws ecr list-images --repository-name "$ECR_REPOSITORY_NAME" \
    --query 'imageIds[*]' --output json)"
