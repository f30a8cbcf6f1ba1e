#!/usr/bin/env bash
# The recipe for more than 100 images: by digest, a hundred a command.
set -euo pipefail

aws ecr list-images --repository-name "$ECR_REPOSITORY_NAME" \
  --query 'imageIds[].[imageDigest]' --output text \
  | sed 's/^/imageDigest=/' \
  | xargs -r -n 100 aws ecr batch-delete-image --repository-name "$ECR_REPOSITORY_NAME" --image-ids
