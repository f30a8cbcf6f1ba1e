# ecrdrain 0.1.0, Apache-2.0: engine drains, fate decides, resource answers.

import calendar
import json
import os
import re
import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import CancelledError, FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from http.client import HTTPException, InvalidURL
from itertools import islice, pairwise
from sys import intern
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from zlib import compress, decompress


# --- engine/: How a repository is emptied.
REPOSITORY_NOT_FOUND = "RepositoryNotFoundException"
INVALID_PARAMETER = "InvalidParameterException"
DENIALS = "AccessDenied", "AccessDeniedException"
TRANSIENTS = "ServerException", "RequestTimeout", "RequestTimeoutException"
THROTTLES = "ThrottleException", "Throttling", "ThrottlingException"


@dataclass(frozen=True)
class CallError:
 operation: str
 code: str
 message: str
 status: int = 0
 lost: bool = False

 @property
 def denied(self):
  return self.code in DENIALS

 @property
 def throttled(self):
  return self.code in THROTTLES or self.status == 429

 @property
 def passing(self):
  if self.status >= 500:
   return True
  return self.throttled or self.lost or self.code in TRANSIENTS

 def __str__(self):
  return f"{self.code}: {self.message}"


def aws_errors():
 from botocore.exceptions import BotoCoreError, ClientError

 return BotoCoreError, ClientError, *lost_errors()


def lost_errors():
 from botocore.exceptions import ConnectionError, HTTPClientError
 from botocore.parsers import ResponseParserError

 return ConnectionError, HTTPClientError, ResponseParserError


def call_error(error, operation=""):
 operation = operation or str(getattr(error, "operation_name", ""))
 response = getattr(error, "response", None)
 if isinstance(response, dict):
  return answer_error(operation, response)
 lost = isinstance(error, lost_errors())
 return CallError(operation, type(error).__name__, str(error), lost=lost)


def answer_error(operation, answer):
 said = answer.get("Error", {})
 status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
 return CallError(operation, said.get("Code", "Unknown"), said.get("Message", ""), status)


LOOK_UP = 0.25


class Halted(Exception):
 unheard = False


class Limits:
 interrupt = "interrupt"

 def __init__(self, deadline=None, stop=None, clock=time.monotonic):
  self.deadline = deadline
  self.stop = stop or threading.Event()
  self.clock = clock

 def check(self, ahead=0.0):
  if self.stop.is_set():
   raise Halted(self.interrupt)
  if self.deadline is not None and self.clock() + ahead >= self.deadline:
   raise Halted("deadline")

 def pause(self, seconds):
  self.check(ahead=seconds)
  self.stop.wait(seconds)
  self.check()


CONCURRENCY = 32
ATTEMPTS = 10
AT_ONCE = 8


def client_config(concurrency=CONCURRENCY, read_timeout=60, attempts=ATTEMPTS):
 from botocore.config import Config

 return Config(
  retries={"mode": "adaptive", "total_max_attempts": attempts},
  max_pool_connections=concurrency + AT_ONCE,
  connect_timeout=5,
  read_timeout=read_timeout,
  tcp_keepalive=True,
 )


def end_tries(attempts, caught_exception, most=ATTEMPTS, **_):
 if caught_exception and attempts >= most:
  raise caught_exception


class CallFailed(Exception):
 def __init__(self, error, *, unheard=False):
  super().__init__(str(error))
  self.error = error
  self.unheard = unheard


class Calls:
 def __init__(self, limits):
  self.limits = limits
  self.sent = Counter()
  self.throttled = 0
  self.lock = threading.Lock()

 def make(self, operation, call):
  self.limits.check()
  _making.calls, _making.unheard = self, False
  try:
   return call(), _making.unheard
  except aws_errors() as error:
   failure = call_error(error, operation)
   raise CallFailed(failure, unheard=_making.unheard) from error
  except Halted as halted:
   halted.unheard = _making.unheard
   raise
  finally:
   _making.calls = None

 def count(self, operation):
  self.limits.check()
  with self.lock:
   self.sent[operation] += 1


_making = threading.local()


def watch(client):
 events = client.meta.events
 events.register_last("before-send", _before_send, unique_id="ecrdrain-sent")
 events.register("response-received", _response_received, unique_id="ecrdrain-heard")


def _before_send(event_name, **_):
 calls = getattr(_making, "calls", None)
 if calls is not None:
  calls.count(event_name.rpartition(".")[2])


def _response_received(parsed_response, exception, **_):
 calls = getattr(_making, "calls", None)
 if calls is None or isinstance(exception, Halted):
  return
 error = answer_error("", parsed_response or {})
 if error.throttled:
  with calls.lock:
   calls.throttled += 1
 elif exception is not None or error.passing:
  _making.unheard = True


class Listed(NamedTuple):
 round: int
 rows: int


class Deleted(NamedTuple):
 sent: int
 deleted: int
 refused: Mapping[str, int]


class RoundEnded(NamedTuple):
 round: int
 deleted: int
 left: int


class Failure(NamedTuple):
 digest: str
 code: str
 reason: str


@dataclass(frozen=True)
class Outcome:
 repository: str
 exists: bool
 deleted: int
 left: int
 left_exact: bool
 failures: tuple[Failure, ...]
 calls: dict[str, int]
 throttled: int
 rounds: int
 seconds: float
 empty: bool
 stopped: str | None = None
 error: CallError | None = None

 @property
 def failure_codes(self):
  return dict(Counter(failure.code for failure in self.failures))


class Row(NamedTuple):
 digest: str
 phase: int


class Page(NamedTuple):
 rows: list[Row]
 token: str | None


class Listing:
 def __init__(self):
  self.size = 0
  self._pages = {}

 def add(self, rows):
  page = {}
  for digest, phase in rows:
   page.setdefault(phase, []).append(digest)
   self.size += 1
  for phase, digests in page.items():
   self._pages.setdefault(phase, []).append(compress(" ".join(digests).encode()))

 def phases(self):
  for phase in sorted(self._pages):
   yield self._take(self._pages[phase])

 def _take(self, pages):
  while pages:
   for digest in decompress(pages.pop(0)).decode().split():
    self.size -= 1
    yield digest


PAGE_SIZE = 1000
BATCH_SIZE = 100


class PrivateRepository:
 registry = "private"
 list_operation = "ListImages"

 def __init__(self, client, name, registry_id=None, listing=None):
  self.name = name
  self.listing = listing
  self.first = None
  self._client = client
  self._names = {"repositoryName": name}
  if registry_id is not None:
   self._names["registryId"] = registry_id
  client.meta.events.register("before-call.ecr.ListImages", _ask_for_any_status, unique_id="ecrdrain-any")
  watch(client)

 def page(self, token):
  first, self.first = self.first, None
  if first and not token:
   return first
  place = {"nextToken": token} if token else {}
  answer = self._client.list_images(**self._names, **place, filter={}, maxResults=PAGE_SIZE)
  rows = [Row(row["imageDigest"], int("imageTag" not in row)) for row in answer["imageIds"]]
  return Page(sorted(rows), answer.get("nextToken"))

 def delete(self, digests):
  ids = [{"imageDigest": digest} for digest in digests]
  answer = self._client.batch_delete_image(**self._names, imageIds=ids)
  refused = {}
  for row in answer.get("failures", []):
   named = row.get("imageId", {}).get("imageDigest")
   code = intern(row.get("failureCode", "Unknown"))
   reason = row.get("failureReason", "")
   for digest in [named] if named in digests else digests:
    refused.setdefault(digest, Failure(digest, code, reason))
  return list(refused.values())


def _ask_for_any_status(params, **_):
 body = json.loads(params["body"])
 if body.get("filter") == {}:
  params["body"] = json.dumps({**body, "filter": {"imageStatus": "ANY"}}).encode()


GONE = "ImageNotFound"
REFERENCED = "ImageReferencedByManifestList"
IDLE_ROUNDS = {
 GONE: 3,
 REFERENCED: 2,
 "UpstreamAccessDenied": 1,
 "UpstreamTooManyRequests": 3,
 "UpstreamUnavailable": 3,
 "KmsError": 1,
}


class Tally:
 def __init__(self):
  self.round = 0
  self.deleted = 0
  self.waiting = set()
  self.refused = {}
  self.unheard = set()

 @property
 def left(self):
  return len(self.waiting.union(self.refused).difference(self.unheard))

 def forget(self):
  self.waiting.clear()
  self.refused.clear()

 def judge(self, batch, failures, *, unheard):
  failed = {failure.digest: failure for failure in failures}
  deleted = 0
  for digest in batch:
   self.waiting.discard(digest)
   self.refused.pop(digest, None)
   failure = failed.get(digest)
   if failure is not None and failure.code != GONE:
    self.refused[failure.digest] = failure
   elif failure is None or unheard or digest in self.unheard:
    deleted += 1
   self.unheard.discard(digest)
  self.deleted += deleted
  return Deleted(len(batch), deleted, Counter(each.code for each in failed.values()))

 def held_back(self):
  return [failure.digest for failure in self.refused.values() if failure.code == REFERENCED]


PATIENCE = 600.0
LONGEST_REST = 30.0
AT_FIRST = 8


class Drain:
 def __init__(self, repository, pool, concurrency, limits, on_event):
  self.repository = repository
  self.pool = pool
  self.room = 2 * concurrency
  self.limits = limits
  self.on_event = on_event
  self.calls = Calls(limits)
  self.tally = Tally()
  self.found = True
  self.held = repository.listing or Listing()
  self.in_flight = {}

 def run(self):
  started = self.limits.clock()
  exists, empty, stopped, error = True, False, None, None
  try:
   empty = self._drain()
  except Halted as halted:
   stopped = str(halted)
  except CallFailed as failed:
   if failed.error.code == REPOSITORY_NOT_FOUND:
    exists, empty = False, True
    self.tally.forget()
    self.held = Listing()
   else:
    stopped, error = "error", failed.error
  return Outcome(
   repository=self.repository.name,
   exists=exists,
   deleted=self.tally.deleted,
   left=self.left,
   left_exact=stopped is None,
   failures=tuple(failure for failure in self.tally.refused.values() if failure.digest not in self.tally.unheard),
   calls=dict(self.calls.sent),
   throttled=self.calls.throttled,
   rounds=self.tally.round,
   seconds=self.limits.clock() - started,
   empty=empty,
   stopped=stopped,
   error=error,
  )

 @property
 def left(self):
  return self.tally.left + self.held.size

 def _drain(self):
  idle, troubled, progress = 0, 0, self.limits.clock()
  while True:
   self.tally.round += 1
   deleted_before, failed = self.tally.deleted, None
   try:
    found = self._round()
   except CallFailed as failure:
    if not (failure.error.passing or failure.error.code == INVALID_PARAMETER):
     raise
    failed, found = failure, True
   self.on_event(RoundEnded(self.tally.round, self.tally.deleted, self.left))
   if not found:
    return True
   if self.tally.deleted > deleted_before:
    idle, troubled, progress = 0, 0, self.limits.clock()
    continue
   if failed is not None and failed.error.passing:
    troubled += 1
    again = self.limits.clock() < progress + PATIENCE
   else:
    idle += 1
    refusals = {failure.code for failure in self.tally.refused.values()} or {GONE}
    again = any(idle <= IDLE_ROUNDS.get(code, 0) for code in refusals)
   if failed is not None and not again:
    raise failed
   if not again:
    return False
   self.limits.pause(min(2.0 ** (idle + troubled - 1), LONGEST_REST))

 def _round(self):
  if self.tally.round > 1 or not self.held.size:
   self._delete(self._listed())
  for phase in self.held.phases():
   self._delete(phase)
  helps = self.found
  while helps:
   deleted_before = self.tally.deleted
   self._delete(self.tally.held_back())
   helps = self.tally.deleted > deleted_before
  self._delete(list(self.tally.unheard))
  return self.found

 def _listed(self):
  page = self._page(None)
  self.tally.forget()
  self.found, self.held = False, Listing()
  seen = set()
  while True:
   self.found = self.found or bool(page.rows)
   self.held.add(row for row in page.rows if row.phase)
   digests = dict.fromkeys(row.digest for row in page.rows if not row.phase)
   fresh = [digest for digest in digests if hash(digest) not in seen]
   seen.update(map(hash, fresh))
   self.tally.waiting.update(fresh)
   yield from fresh
   if not page.token:
    return
   page = self._page(page.token)

 def _page(self, token):
  call = partial(self.repository.page, token)
  page, _ = self.calls.make(self.repository.list_operation, call)
  self.on_event(Listed(self.tally.round, len(page.rows)))
  return page

 def _delete(self, digests):
  remaining = iter(digests)
  try:
   while batch := list(dict.fromkeys(islice(remaining, BATCH_SIZE))):
    self.tally.waiting.update(batch)
    begun = AT_FIRST + self.calls.sent["BatchDeleteImage"] // 3
    self._settle(min(self.room, begun) - 1)
    self.limits.check()
    call = partial(self.repository.delete, batch)
    future = self.pool.submit(self.calls.make, "BatchDeleteImage", call)
    self.in_flight[future] = batch
   self._settle(0)
  finally:
   self._finish()

 def _settle(self, most):
  while len(self.in_flight) > most:
   self.limits.check()
   for future in wait(self.in_flight, LOOK_UP, FIRST_COMPLETED).done:
    self._take(future)

 def _take(self, future):
  batch = self.in_flight.pop(future)
  try:
   failures, unheard = future.result()
  except (CallFailed, Halted) as ended:
   if ended.unheard:
    self.tally.unheard.update(batch)
   raise
  self.on_event(self.tally.judge(batch, failures, unheard=unheard))

 def _finish(self):
  for future in self.in_flight:
   future.cancel()
  for future in wait(self.in_flight).done:
   with suppress(CallFailed, Halted, CancelledError):
    self._take(future)


# --- fate/: What CloudFormation will do with a resource.
class RepositoryArn(NamedTuple):
 partition: str
 region: str
 account: str
 name: str

 @property
 def arn(self):
  return f"arn:{self.partition}:ecr:{self.region}:{self.account}:repository/{self.name}"


def parse_repository_arn(text):
 match = re.fullmatch(r"arn:([^:]+):ecr:([^:]+):(\d{12}):repository/(.+)", text)
 return RepositoryArn(*match.groups()) if match else None


def repository_beside(arn, name):
 _, partition, _, region, account, _ = arn.split(":", 5)
 return RepositoryArn(partition, region, account, name)


_QUOTED = r"\"([^\"\\]*)\"|'([^'\\]*)'"
_KEY = re.compile(rf"(?:{_QUOTED}|([^\s\"'#&*!|>%@`?,:\[\]{{}}-][^#]*?)) *:(?:\s+(.*))?")
_COMMENT = re.compile(r"(^|\s+)#.*")
_CLOSING = {'"': '"', "'": "'", "[": "]", "{": "}"}


class NotUnderstoodError(Exception):
 """CloudFormation may read it in another way."""


def read_entries(block):
 if isinstance(block, Mapping) or block == ():
  return dict(block)
 if isinstance(block, str):
  block = _lines(block)
 if not isinstance(block, tuple) or not block:
  raise NotUnderstoodError
 column = _indent(block[0])
 entries = {}
 latest = None
 for line in block:
  text = line.lstrip(" ")
  beside = _indent(line) == column and re.match(r"- |-$|[\]}]+$", text)
  if latest is not None and (beside or _indent(line) > column):
   latest.append(line)
   continue
  key = _KEY.fullmatch(text)
  name = key and (key[1] or key[2] or key[3])
  if not key or not name or name in entries or _indent(line) != column:
   raise NotUnderstoodError
  latest = entries[name] = [key[4] or ""]
 return {name: _value(*lines) for name, lines in entries.items()}


def _lines(text):
 if re.search(r"[\x85\u2028\u2029]", text):
  raise NotUnderstoodError
 lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
 lines = [line.rstrip() for line in lines if not re.match(r"\s*(#|$)", line)]
 begins = bool(lines) and re.match(r"---(\s+#|$)", lines[0])
 return tuple(lines[1:] if begins else lines)


def _indent(line):
 return len(line) - len(line.lstrip(" "))


def _value(first, *deeper):
 if re.match(r"(#|$)", first) and len(deeper) == 1 and not _KEY.fullmatch(deeper[0].strip()):
  first, deeper = deeper[0].strip(), ()
 quoted = re.fullmatch(rf"(?:{_QUOTED})(?:\s+#.*)?", first)
 if quoted and not deeper:
  return quoted[1] or quoted[2] or ""
 text = _COMMENT.sub("", first)
 if not text:
  return deeper
 opening = re.sub(r"^([!&]\S*\s*)+", "", text)[:1]
 if not _COMMENT.sub("", [text, *deeper][-1]).endswith(_CLOSING.get(opening, "")):
  raise NotUnderstoodError
 return "..." if deeper else text


UNKNOWN = "unknown"


def read_policies(template, logical_id, resource_type):
 try:
  resource = read_resource(template, logical_id)
 except NotUnderstoodError:
  resource = {}
 if resource.get("Type") != resource_type:
  return {"deletion": UNKNOWN, "update_replace": UNKNOWN}
 deletion, replace = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
 return {"deletion": _text(deletion), "update_replace": _text(replace)}


def _text(value):
 return None if value is None else str(value)


def read_resource(template, logical_id):
 sections = read_plain(template)
 if "Transform" in sections:
  raise NotUnderstoodError
 return read_plain(read_plain(sections.get("Resources")).get(logical_id))


def read_plain(block):
 entries = read_entries(block)
 if any(name.startswith(("Fn::", "<<")) for name in entries):
  raise NotUnderstoodError
 return entries


CREATION_ROLLBACK = "ROLLBACK_IN_PROGRESS"
ENDINGS = ("DELETE_IN_PROGRESS", CREATION_ROLLBACK)
ROLLBACKS = ("ROLLBACK_", "UPDATE_ROLLBACK_")


class Decision(NamedTuple):
 verdict: str
 why: str
 evidence: Mapping[str, object]


PLAINLY = "write it in block style and plain words, without Transform"
OVERRIDE = "OnDelete: Always drains it, except in rollbacks; Never keeps it"


class Situation(Enum):
 ALWAYS = "drain", "OnDelete is Always"
 BLIND = "drain", "OnDelete is Always; without {} no rollback is seen"
 NEVER = "keep", "OnDelete is Never"
 NOT_READABLE = "refuse", "{}"
 ELSEWHERE = "keep", "it is not in the stack's account and region"
 SEVERAL_OWNERS = "refuse", f"several stacks list it; {OVERRIDE}"
 RETAINED = "keep", "the {} keeps it"
 POLICY_UNKNOWN = "refuse", f"the {{}} cannot be read; {PLAINLY}; {OVERRIDE}"
 DELETED = "drain", "it is deleted with the stack of {}"
 STAYS = "keep", "the template still has {}"
 POLICY_GONE = "keep", f"the DeletionPolicy of {{}} cannot be read; {PLAINLY}; {OVERRIDE}"
 UPDATE_UNFINISHED = "keep", "the update of {} may still bring it back"
 REPLACED = "drain", "it is deleted: {} is another one now"
 NO_OWNER = "keep", f"no stack of this tree holds it; declare it in one; {OVERRIDE}"


POLICIES = {
 None: Situation.DELETED,
 "Delete": Situation.DELETED,
 "Retain": Situation.RETAINED,
 "RetainExceptOnCreate": Situation.RETAINED,
}
BY_PRECEDENCE = Situation.RETAINED, Situation.POLICY_UNKNOWN, Situation.DELETED


def decide_by(situation, subject="", facts=None):
 evidence = {"situation": situation.name, "facts": facts}
 verdict, sentence = situation.value
 return Decision(verdict, sentence.format(subject), evidence)


def find_situation(facts):
 if "replaced" in facts:
  return _after_replacement(facts, facts["replaced"])
 if not facts.get("owners"):
  return Situation.NO_OWNER, ""
 if len(facts["owners"]) > 1:
  return Situation.SEVERAL_OWNERS, ""
 chain, statuses = facts["chain"], facts["statuses"]
 if statuses[chain[-1]["stack"]] not in ENDINGS:
  unclear = [each for each in chain if each["deletion"] not in POLICIES]
  situation = Situation.POLICY_GONE if unclear else Situation.STAYS
  return situation, name_of([*unclear, *chain][0])
 meanings = [_at_end(resource, statuses[resource["stack"]]) for resource in chain]
 situation = next(situation for situation in BY_PRECEDENCE if situation in meanings)
 decisive = chain[meanings.index(situation)]
 if situation is Situation.DELETED:
  return situation, name_of(decisive)
 return situation, policy_of(decisive, "DeletionPolicy", decisive["deletion"])


def name_of(resource):
 return f"{resource['logical_id']} in {resource['stack'].split('/')[1]}"


def policy_of(resource, name, value):
 return f"{'declaration' if value == UNKNOWN else name} of {name_of(resource)}"


def _at_end(resource, stack_status):
 policy = resource["deletion"]
 created = resource["status"].startswith(("CREATE_", "DELETE_"))
 new_goes = resource["new_goes"] or policy == "RetainExceptOnCreate"
 if new_goes and stack_status == CREATION_ROLLBACK and created:
  return Situation.DELETED
 return POLICIES.get(policy, Situation.POLICY_UNKNOWN)


def _after_replacement(facts, resource):
 statuses = " ".join(facts["statuses"].values())
 by_owner = resource["stack"] == facts["stack"]
 if "ROLLBACK" in statuses or ("UPDATE_IN_PROGRESS" in statuses and not by_owner):
  return Situation.UPDATE_UNFINISHED, name_of(resource)
 policy = resource["update_replace"]
 situation = POLICIES.get(policy, Situation.POLICY_UNKNOWN)
 if situation is Situation.DELETED:
  return Situation.REPLACED, name_of(resource)
 return situation, policy_of(resource, "UpdateReplacePolicy", policy)


READS = {
 "list_stack_resources": "StackResourceSummaries",
 "get_template": "TemplateBody",
 "describe_stack_events": "StackEvents",
 "describe_stacks": "Stacks",
}
REPOSITORY_TYPE, STACK_TYPE = "AWS::ECR::Repository", "AWS::CloudFormation::Stack"
HELD = ("CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_", "DELETE_IN_PROGRESS", "DELETE_FAILED")


class StackReadError(Exception):
 def __init__(self, call, stack_id, error):
  self.grant = grant_to_read(call, stack_id)
  self.cause = call_error(error)
  remedy = f"grant the function's role {self.grant}" if self.cause.denied else "try again"
  super().__init__(f"{self.grant}: {self.cause}; {remedy}")


def grant_to_read(call, stack_id):
 action = call.title().replace("_", "")
 return f"cloudformation:{action} on {stack_id.rpartition('/')[0]}/*"


def decide(cloudformation, mode, stack_id, repository):
 if mode == "Never":
  return decide_by(Situation.NEVER)
 tree = StackTree(partial(read_stack, cloudformation))
 blind = mode == "Always"
 try:
  if blind and "ROLLBACK" not in str(tree.statuses(stack_id, ROLLBACKS).values()):
   return decide_by(Situation.ALWAYS)
  blind = False
  if stack_id.split(":")[3:5] != [repository.region, repository.account]:
   return decide_by(Situation.ELSEWHERE)
  facts = gather(tree, stack_id, repository)
  return decide_by(*find_situation(facts), facts)
 except StackReadError as error:
  if blind and (error.cause.denied or error.cause.lost):
   return decide_by(Situation.BLIND, error.grant)
  return decide_by(Situation.NOT_READABLE, str(error))


def gather(tree, stack_id, repository):
 facts = {"repository": repository.name, "stack": stack_id}
 name = repository.name
 owners = tree.held([stack_id], name) or tree.held(tree.stacks(stack_id), name)
 if owners:
  return {**facts, **tree.ownership(owners)}
 for stack in tree.stacks(stack_id):
  replaced = tree.replaced(stack, name)
  if replaced:
   return {**facts, "statuses": tree.statuses(stack), "replaced": replaced}
 return facts


def read_stack(cloudformation, call, stack_id):
 token = {}
 while True:
  try:
   page = getattr(cloudformation, call)(StackName=stack_id, **token)
  except aws_errors() as error:
   raise StackReadError(call, stack_id, error) from error
  found = page[READS[call]]
  yield from found if isinstance(found, list) else [found]
  if "NextToken" not in page:
   return
  token = {"NextToken": page["NextToken"]}


class StackTree:
 def __init__(self, read):
  self.read = read
  self.known = cache(lambda call, stack_id: list(read(call, stack_id)))

 def statuses(self, stack_id, last=()):
  statuses = {}
  while stack_id and stack_id not in statuses:
   stack = self.known("describe_stacks", stack_id)[0]
   statuses[stack_id] = stack["StackStatus"]
   stack_id = None if stack["StackStatus"].startswith(last) else stack.get("ParentId")
  return statuses

 def held(self, stacks, physical_id="", kind=REPOSITORY_TYPE, statuses=HELD):
  return [
   (stack, row)
   for stack in stacks
   for row in self.known("list_stack_resources", stack)
   if row["ResourceType"] == kind
   and row["ResourceStatus"].startswith(statuses)
   and physical_id in ("", row.get("PhysicalResourceId"))
  ]

 def stacks(self, stack_id):
  stacks = []
  waiting = list(self.statuses(stack_id))
  while waiting:
   stack = waiting.pop(0)
   if stack not in stacks:
    stacks.append(stack)
    nested = self.held([stack], kind=STACK_TYPE)
    waiting += [row["PhysicalResourceId"] for _, row in nested]
  return stacks

 def with_policies(self, stack_id, row):
  name = row["LogicalResourceId"]
  template = self.known("get_template", stack_id)[0]
  policies = read_policies(template, name, row["ResourceType"])
  stack = self.known("describe_stacks", stack_id)[0]
  return {
   "stack": stack_id,
   "logical_id": name,
   "status": row["ResourceStatus"],
   "new_goes": stack.get("RetainExceptOnCreate", False),
   **policies,
  }

 def ownership(self, owners):
  statuses = self.statuses(owners[0][0], ENDINGS)
  chain = [self.with_policies(*owners[0])]
  for stack, parent in pairwise(statuses):
   holder = self.held([parent], stack, STACK_TYPE, (*HELD, "CREATE_IN_PROGRESS"))
   if not holder:
    break
   chain.append(self.with_policies(*holder[0]))
  return {"owners": [stack for stack, _ in owners], "statuses": statuses, "chain": chain}

 def replaced(self, stack_id, name):
  rows = {row["LogicalResourceId"]: row for _, row in self.held([stack_id])}
  status = self.statuses(stack_id)[stack_id] if rows else ""
  if not (status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS")):
   return None
  found = None
  for event in self.read("describe_stack_events", stack_id):
   physical_id, logical_id = event.get("PhysicalResourceId"), event["LogicalResourceId"]
   if physical_id == stack_id and event["ResourceStatus"] == "UPDATE_IN_PROGRESS":
    return self.with_policies(stack_id, rows[found]) if found else None
   if physical_id == name and logical_id in rows:
    found = logical_id
  return None


WITHOUT_RULES = ("UnknownOperationException", "UnknownOperation", "InvalidAction", 404, 501)


def describe_registry(ecr):
 event = "after-call.ecr.DescribeRegistry"
 ecr.meta.events.register(event, _take_all, unique_id="ecrdrain-rules")
 return ecr.describe_registry()


def _take_all(http_response, parsed, **_):
 if "registryId" in parsed:
  parsed.update(json.loads(http_response.content))


def find_destinations(registry, name):
 for rule in registry.get("replicationConfiguration", {}).get("rules", []):
  filters = rule.get("repositoryFilters")
  applies = not filters or any(
   each.get("filterType") != "PREFIX_MATCH" or name.startswith(each["filter"]) for each in filters
  )
  if applies and (rule.get("deleteReplication") or {}).get("enabled"):
   yield from rule["destinations"]


# --- resource/: The custom resource.
LARGEST_ANSWER, LARGEST_IDENTITY = 4096, 1024
LONGEST_TRY = 10.0
HOPELESS = "the ResponseURL takes no answer"


class UnfinishedError(Exception):
 """No answer yet: Lambda delivers the request again."""


class Answer(NamedTuple):
 identity: str
 reason: str = ""
 data: Mapping[str, str] = {}

 @property
 def status(self):
  return "FAILED" if self.reason else "SUCCESS"

 def body(self, request, reason):
  fields = {
   "Status": self.status,
   "PhysicalResourceId": _utf8(self.identity)[:LARGEST_IDENTITY].decode(errors="ignore"),
   **{name: request.get(name, "") for name in ("StackId", "RequestId", "LogicalResourceId")},
   "Data": self.data,
  }
  while True:
   body = _utf8(json.dumps({**fields, "Reason": reason}, ensure_ascii=False))
   if len(body) <= LARGEST_ANSWER or not reason:
    return body
   reason = shorten(reason, len(reason) * 7 // 8)


def _utf8(text):
 return text.encode(errors="replace")


def shorten(text, size):
 head = size // 3
 if head < len("...") or len(text) <= size:
  return text[:size]
 return f"{text[:head]}...{text[head + 3 - size :]}"


def deliver(url, body, run):
 problem = ""
 for _ in run.tries(run.killed - 2):
  problem = put(url, body, min(LONGEST_TRY, max(run.killed - run.now() - 1, 1)))
  run.log("answer not taken" if problem else "answered", problem=problem, bytes=len(body))
  if problem in ("", HOPELESS):
   return
 raise UnfinishedError(problem)


def put(url, body, timeout):
 try:
  address = urlsplit(url)
  if address.scheme not in ("http", "https") or not address.hostname:
   return HOPELESS
  headers = {"Content-Type": ""}
  urlopen(Request(url, body, headers, method="PUT"), timeout=timeout).close()  # noqa: S310 - http or https
 except HTTPError as error:
  return HOPELESS if error.code == 403 else f"HTTP status {error.code}"
 except (ValueError, InvalidURL):
  return HOPELESS
 except (OSError, HTTPException) as error:
  return type(error).__name__
 return ""


ON_DELETE = ("WithRepository", "Always", "Never")
PROPERTIES = ["ServiceToken", "ServiceTimeout", "RepositoryName", "OnDelete", "Preflight"]
PROPERTIES += ["ReplicatedDeletions"]
LONGEST_TIMEOUT = 3600
REPOSITORY_NAME = re.compile(r"(?=.{2,256}$)[a-z0-9]+((/|\.|_|__|-+)[a-z0-9]+)*")
NAME_IN_WORDS = "2 to 256 lower-case letters and digits, with . _ - / between; no ARN, no URI"


class Settings(NamedTuple):
 target: RepositoryArn
 on_delete: str
 preflight: bool
 mistakes: str


def parse_settings(properties, environment, function_arn, stack_id):
 name = properties.get("RepositoryName") or environment.get("ECR_REPOSITORY_NAME") or ""
 target = repository_beside(function_arn, str(name))
 account = environment.get("ACCOUNT_ID") or target.account
 same_account = f":{target.account}:" in stack_id
 on_delete = properties.get("OnDelete") or environment.get("ECRDRAIN_ON_DELETE") or ON_DELETE[0]
 preflight = str(properties.get("Preflight", "true")).lower()
 replicated = properties.get("ReplicatedDeletions", "")
 timeout = str(properties.get("ServiceTimeout", LONGEST_TIMEOUT))
 in_bounds = timeout == str(service_timeout_of(properties))
 checks = [("property", key, key in PROPERTIES, ", ".join(PROPERTIES)) for key in properties]
 checks += [
  ("RepositoryName", name, bool(REPOSITORY_NAME.fullmatch(str(name))), NAME_IN_WORDS),
  ("StackId", stack_id, same_account, f"a stack of {target.account}, like the function"),
  ("ACCOUNT_ID", account, account == target.account, target.account),
  ("OnDelete", on_delete, on_delete in ON_DELETE, ", ".join(ON_DELETE)),
  ("Preflight", preflight, preflight in ("true", "false"), "true, false"),
  ("ServiceTimeout", timeout, in_bounds, "1 to 3600 seconds"),
  ("ReplicatedDeletions", replicated, replicated in ("", "Accept"), "Accept"),
 ]
 mistakes = "; ".join(
  f"{what} {value!r} is wrong; allowed is {allowed}" for what, value, right, allowed in checks if not right
 )
 return Settings(target, on_delete, preflight == "true", mistakes)


def on_delete_of(properties, environment):
 value = properties.get("OnDelete") or environment.get("ECRDRAIN_ON_DELETE")
 return value if value in ON_DELETE else ON_DELETE[0]


def service_timeout_of(properties):
 text = str(properties.get("ServiceTimeout"))
 value = int(text) if re.fullmatch("[0-9]{1,4}", text) else 0
 return value if 1 <= value <= LONGEST_TIMEOUT else LONGEST_TIMEOUT


class Log:
 def __init__(self, secret="", **facts):
  secrets = (secret, secret.partition("?")[2])
  self._secrets = [form for each in secrets if each for form in (each, json.dumps(each)[1:-1])]
  self._facts = facts

 def __call__(self, event, **facts):
  line = json.dumps({"event": event, **facts, **self._facts}, default=str)
  print(self.redact(line), flush=True)

 def redact(self, text):
  for secret in self._secrets:
   text = text.replace(secret, "[ResponseURL]")
  return text


BIRTH = re.compile(r"X-Amz-Date=(\d{8}T\d{6})Z")
FIRST_DELIVERY = 45.0
WORTH_WAITING = 120.0
CALLS_AT_ONCE = 16
READ_TIMEOUT = 12.0
ATTEMPTS_IN_TIME = 100


@cache
def client(service):
 import boto3

 config = client_config(CALLS_AT_ONCE, READ_TIMEOUT, ATTEMPTS_IN_TIME)
 made = boto3.client(service, config=config)
 made.meta.events.register("needs-retry", end_tries)
 return made


def birth_of(url):
 found = BIRTH.search(url)
 try:
  return calendar.timegm(time.strptime(found[1], "%Y%m%dT%H%M%S")) if found else None
 except ValueError:
  return None


class Run:
 def __init__(self, event, context, log, clients, *, now=time.time, sleep=time.sleep):
  self.context = context
  self.log = log
  self.clients = clients
  self.now = now
  self.sleep = sleep
  self.stop = threading.Event()
  self.kind = event.get("RequestType")
  self.stack_id = str(event.get("StackId", ""))
  self.identity = str(event.get("PhysicalResourceId") or f"ecrdrain-nothing-created-{event.get('RequestId')}")
  properties = event.get("ResourceProperties")
  self.properties = properties if isinstance(properties, dict) else {}
  self.deleted = 0
  self.unchanged = None
  birth = birth_of(str(event.get("ResponseURL")))
  self.first = birth is not None and now() - birth < FIRST_DELIVERY
  timeout = service_timeout_of({**event, **self.properties})
  self.until = (birth or now()) + timeout - min(60, timeout / 10)
  self.killed = now() + context.get_remaining_time_in_millis() / 1000
  reserve = min(20, max(min(self.killed, self.until) - now(), 0) / 5)
  self.answer_by = min(self.killed - reserve, self.until)
  self.stop_by = self.answer_by - reserve

 def tries(self, until):
  pause = 0.25
  yield
  while self.now() + pause < until:
   self.sleep(pause)
   pause = min(pause * 2, 8)
   yield


ACCEPT = "turn deleteReplication off, or say ReplicatedDeletions: Accept"


def replicated(run, target, mode):
 if run.properties.get("ReplicatedDeletions") == "Accept":
  return ""
 try:
  registry = describe_registry(run.clients("ecr"))
 except aws_errors() as failure:
  error = call_error(failure)
  problem = f"ecr:DescribeRegistry on *: {error}; grant it to the function's role"
  if mode == "Always" and (error.denied or error.lost):
   run.log("replication not seen", problem=problem)
   return ""
  known = {error.code, error.status}.isdisjoint(WITHOUT_RULES)
  return f"{problem}, or {ACCEPT}" if known else ""
 places = {f"{to['registryId']} in {to['region']}" for to in find_destinations(registry, target.name)}
 return f"deletions are replicated to {', '.join(places)}; {ACCEPT}" if places else ""


IAM_LAGS, LISTINGS_LAG = 60, 10


def preflight(run, settings):
 problem, begun = "", run.now()
 for _ in run.tries(min(begun + IAM_LAGS, run.stop_by)):
  missing = []
  for grant, call in probes(run, settings):
   try:
    call()
   except aws_errors() as failure:
    error = call_error(failure)
    if not error.denied:
     return f"{grant}: {error}"
    missing.append(grant)
  problem = objection(run, settings)
  if missing:
   problem = f"the teardown would fail; grant the function's role {'; '.join(missing)}"
  elif not problem or run.now() > begun + LISTINGS_LAG:
   break
  run.log("preflight waits", problem=problem)
 return problem


def probes(run, settings):
 ecr, target = run.clients("ecr"), settings.target
 names = {"registryId": target.account, "repositoryName": target.name}
 yield f"ecr:ListImages on {target.arn}", partial(ecr.list_images, **names, maxResults=1)
 nothing = [{"imageDigest": f"sha256:{os.urandom(32).hex()}"}]
 delete = partial(ecr.batch_delete_image, **names, imageIds=nothing)
 yield f"ecr:BatchDeleteImage on {target.arn}", delete
 if settings.on_delete != "Always":
  for call in READS:
   read = getattr(run.clients("cloudformation"), call)
   yield grant_to_read(call, run.stack_id), partial(read, StackName=run.stack_id)


def objection(run, settings):
 target, mode = settings.target, settings.on_delete
 if mode != "Always":
  decision = decide(run.clients("cloudformation"), mode, run.stack_id, target)
  if decision.evidence["situation"] not in ("STAYS", "DELETED", "RETAINED"):
   return f"the drain could never act: {decision.why}"
 return replicated(run, target, mode)


def deploy(run):
 settings = parse_settings(run.properties, os.environ, run.context.invoked_function_arn, run.stack_id)
 target = settings.target
 names = {"RepositoryName": target.name, "RegistryId": target.account}
 answer = Answer(target.arn, data={"RepositoryArn": target.arn, **names})
 if target.arn == run.identity:
  run.unchanged = answer
 problem = settings.mistakes
 if not problem and settings.preflight and settings.on_delete != "Never":
  problem = preflight(run, settings)
 if not problem:
  return answer
 if not in_rollback(run):
  return Answer(run.identity, problem)
 run.log("overlooked", reason=problem, why="a rollback")
 return answer if REPOSITORY_NAME.fullmatch(target.name) else Answer(run.identity)


def in_rollback(run):
 try:
  stack = next(read_stack(run.clients("cloudformation"), "describe_stacks", run.stack_id))
 except StackReadError as error:
  return run.unchanged is not None and not error.cause.lost
 return bool(stack["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS")


LOOK_AGAIN = 45.0


def tear_down(run):
 target = parse_repository_arn(run.identity)
 if target is None:
  return keep(run, "this resource was never created for a repository")
 repository = PrivateRepository(run.clients("ecr"), target.name, target.account)
 try:
  repository.first = first = repository.page(None)
 except aws_errors() as failure:
  error = call_error(failure)
  if error.code == REPOSITORY_NOT_FOUND:
   return keep(run, "the repository does not exist")
  return Answer(run.identity, in_words(error, target))
 if not first.rows and not first.token:
  return keep(run, "the repository is empty")
 decision = look(run, target)
 if decision.verdict == "drain":
  return verdict_on(drain(run, repository, target), run, target)
 refused = decision.verdict == "refuse"
 return Answer(run.identity, f"this run deleted nothing: {decision.why}" if refused else "")


def look(run, target):
 mode = on_delete_of(run.properties, os.environ)
 decision = decide(run.clients("cloudformation"), mode, run.stack_id, target)
 problem = replicated(run, target, mode) if decision.verdict == "drain" else ""
 if problem:
  decision = Decision("refuse", problem, decision.evidence)
 run.log("decision", verdict=decision.verdict, why=decision.why, evidence=decision.evidence)
 return decision


class WhileItGoes(Limits):
 def __init__(self, run, target):
  super().__init__(run.stop_by, run.stop, run.now)
  self.look = partial(look, run, target)
  self.looking = threading.RLock()
  self.look_again = run.now() + LOOK_AGAIN

 def check(self, ahead=0.0):
  with self.looking:
   if self.clock() > self.look_again and not self.stop.is_set():
    self.look_again = self.clock() + LOOK_AGAIN
    verdict, why, _ = self.look()
    if verdict != "drain":
     self.interrupt = why
     self.stop.set()
  super().check(ahead)


def keep(run, why):
 run.log("decision", verdict="keep", why=why)
 return Answer(run.identity)


def drain(run, repository, target):
 def on_event(event):
  if isinstance(event, Deleted):
   run.deleted += event.deleted
  run.log(type(event).__name__.removesuffix("Ended").lower(), **event._asdict())

 limits = WhileItGoes(run, target)
 with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
  report = Drain(repository, pool, CALLS_AT_ONCE, limits, on_event).run()
 facts = {name: value for name, value in vars(report).items() if name != "failures"}
 run.log("drained", images=report.deleted + report.left, **facts)
 return report


def verdict_on(report, run, target):
 if report.empty:
  return Answer(run.identity)
 left = f"{'' if report.left_exact else 'at least '}{report.left}"
 remains = f"{run.deleted} images deleted, {left} left in {target.name}"
 if report.stopped == "deadline":
  return remains
 if report.stopped:
  why = in_words(report.error, target) if report.error else report.stopped
  return Answer(run.identity, f"{remains}: {why}")
 codes = ", ".join(f"{code} ({count})" for code, count in sorted(report.failure_codes.items()))
 some = "; ".join(": ".join(failure) for failure in report.failures[:3])
 reason = f"{remains}: {codes}. {some}. Mend the cause or delete them by hand"
 return Answer(run.identity, reason)


def in_words(error, target):
 action = f"ecr:{error.operation} on {target.arn}"
 remedy = f"; grant the function's role {action}" if error.denied else ""
 return f"{action} failed with {error}{remedy}"


NEXT = "; to go on, delete the stack again; to keep the repository, retain it and its drain"


def lambda_handler(event, context):
 request = unwrapped(event)
 url = str(request.get("ResponseURL") or "")
 log = Log(url, requestId=request.get("RequestId"), stackId=request.get("StackId"))
 if not url:
  log("ignored", why="no ResponseURL")
  return
 run = Run(request, context, log, client)
 if run.now() > run.until:
  log("ignored", why="CloudFormation has stopped waiting")
  return
 answer = answer_in_time(run)
 log("answer", status=answer.status, reason=answer.reason, identity=answer.identity)
 reason = log.redact(answer.reason)
 if reason:
  reason += f" (log: {context.log_group_name}, stream {context.log_stream_name})"
 if reason and run.kind == "Delete":
  reason += NEXT
 deliver(url, answer.body(request, reason), run)


def unwrapped(event):
 with suppress(LookupError, TypeError, ValueError):
  event = json.loads(event["Records"][0]["Sns"]["Message"])
 return event if isinstance(event, dict) else {}


def answer_in_time(run):
 verdicts = []
 worker = threading.Thread(target=lambda: verdicts.append(work(run)), daemon=True)
 worker.start()
 worker.join(max(run.answer_by - run.now(), 0))
 run.stop.set()
 verdict = verdicts[0] if verdicts else f"{run.deleted} images deleted"
 if isinstance(verdict, Answer):
  return verdict
 if run.kind == "Delete" and run.first and run.until - run.now() > WORTH_WAITING:
  raise UnfinishedError(verdict)
 if run.unchanged:
  run.log("overlooked", reason="the time is over", why="it may be a rollback")
  return run.unchanged
 remains = verdict if run.kind == "Delete" else "try again"
 reason = f"The function's time is over: {remains}; raise its Timeout if it recurs"
 return Answer(run.identity, reason)


def work(run):
 run.log("request", type=run.kind, identity=run.identity)
 try:
  if run.kind == "Delete":
   return tear_down(run)
  if run.kind in ("Create", "Update"):
   return deploy(run)
 except Exception as error:
  run.log("error", traceback=traceback.format_exc())
  reason = f"{type(error).__name__}: {error}; nothing further was deleted"
  return Answer(run.identity, reason)
 reason = f"RequestType {run.kind!r} is unknown; known are Create, Update, Delete"
 return Answer(run.identity, reason)
