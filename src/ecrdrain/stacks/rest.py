"""What else goes, or stays, when a stack is deleted: all but its repositories."""

from collections.abc import Iterator
from dataclasses import dataclass

from ecrdrain.fate.evidence import REPOSITORY_TYPE, STACK_TYPE
from ecrdrain.stacks.repositories import (
    PUBLIC,
    find_fate,
    is_drain,
    repository_names,
    tree_in_deletion,
)
from ecrdrain.stacks.tree import DELETED, Stack

STATEFUL = (
    *("AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket", "AWS::S3Tables::"),
    *("AWS::DynamoDB::", "AWS::RDS::DB", "AWS::RDS::GlobalCluster", "AWS::Redshift::Cluster"),
    *("AWS::RedshiftServerless::Namespace", "AWS::Neptune::DB", "AWS::DocDB::DB"),
    *("AWS::Cassandra::", "AWS::Timestream::", "AWS::QLDB::Ledger", "AWS::DSQL::Cluster"),
    *("AWS::EC2::Volume", "AWS::EFS::FileSystem", "AWS::FSx::", "AWS::Backup::BackupVault"),
    *("AWS::ElastiCache::", "AWS::MemoryDB::Cluster", "AWS::OpenSearchService::Domain"),
    *("AWS::OpenSearchServerless::Collection", "AWS::Elasticsearch::Domain", "AWS::MSK::"),
    *("AWS::Kinesis::Stream", "AWS::Cognito::UserPool", "AWS::SecretsManager::Secret"),
    *("AWS::KMS::Key", "AWS::SDB::Domain", "AWS::CodeCommit::Repository"),
)
"""How the types begin whose resources hold what nobody can make again."""


@dataclass(frozen=True)
class DyingResource:
    """A resource of a stack that is to be deleted.

    Attributes:
        stack: The stack that holds it.
        logical_id: Its logical id.
        type: Its type.
        physical_id: Its id, or ARN, in its service.
        stateful: Whether it holds data: a table, a bucket, a database, a volume, a file system.
        why: Why it is kept, in words; "" when it is not.
    """

    stack: str
    logical_id: str
    type: str
    physical_id: str
    stateful: bool
    why: str = ""

    @property
    def name(self) -> str:
        """Its type and how it is called, in short."""
        return f"{self.type} {self.physical_id.rpartition('/')[2]}"


def rest_of(root: Stack) -> Iterator[DyingResource]:
    """Yield what a stack and its nested stacks hold besides repositories and their drains."""
    if root.status == DELETED:
        return
    tree, names = tree_in_deletion(root), repository_names(root)
    for stack in root.walk():
        for resource in stack.resources:
            if not resource.held or resource.type in {REPOSITORY_TYPE, PUBLIC, STACK_TYPE}:
                continue
            if is_drain(stack.id, resource, names):
                continue
            situation, why = find_fate(root, tree, resource)
            yield DyingResource(
                stack.name,
                resource.logical_id,
                resource.type,
                resource.physical_id,
                resource.type.startswith(STATEFUL),
                "" if situation.name == "DELETED" else why,
            )
