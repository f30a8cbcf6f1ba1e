// The handler behind AWS CDK's `autoDeleteImages`, as shipped, in the part of a peer (see child.py).
'use strict';

const https = require('node:https');
const path = require('node:path');
const readline = require('node:readline');
const { ECR } = require('@aws-sdk/client-ecr');

const TAG = { Key: 'aws-cdk:auto-delete-images', Value: 'true' };
const repository = process.env.ECR_REPOSITORY_NAME;
const tell = process.stdout.write.bind(process.stdout);

// It prints to standard output, where the measuring side reads.
console.log = () => {};
process.stdout.write = () => true;

// It empties tagged repositories only; the seeded ones carry no tags. The call is made all the same.
const listTags = ECR.prototype.listTagsForResource;
ECR.prototype.listTagsForResource = async function (...input) {
  return { ...(await listTags.apply(this, input)), tags: [TAG] };
};

// It answers CloudFormation by https only: take the answer here.
let answer;
https.request = (options, taken) => ({
  on() {},
  write(body) { answer = JSON.parse(body); },
  end() { taken({ statusCode: 200, resume() {} }); },
});

const shipped = 'custom-resource-handlers/dist/aws-ecr/auto-delete-images-handler/index.js';
const library = path.dirname(require.resolve('aws-cdk-lib/package.json'));
const { handler } = require(path.join(library, shipped));

async function main() {
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  tell('ready\n');
  await lines.next();
  await handler({
    RequestType: 'Delete',
    ResponseURL: 'https://localhost/answer',
    StackId: 'bench',
    RequestId: 'bench',
    LogicalResourceId: 'Drain',
    PhysicalResourceId: repository,
    ResourceProperties: { RepositoryName: repository },
  });
  const words = answer.Reason.split('\n')[0];
  tell(`${JSON.stringify({ success: answer.Status === 'SUCCESS', words })}\n`);
  await lines.next();
  process.exit(0);
}

main();
