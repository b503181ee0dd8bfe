import { describe, expect, test } from 'vitest';
import { cyclesOf, importsOf } from './tidy/imports.js';
import { distProblems, layerProblems } from './tidy/layers.js';
import { goodName, noForbiddenWord, type Rule, titled } from './tidy/names.js';
import {
  noBarrel,
  noConsole,
  noDefaultExport,
  noEnum,
  shortFile,
  shortFunctions,
  shortLines,
  uniqueTitles,
} from './tidy/shape.js';
import { isCode, repositoryFiles } from './tidy/source.js';

const files = repositoryFiles();
const imports = importsOf(files.filter((file) => isCode(file.path)));

const rules: Readonly<Record<string, Rule>> = {
  'lines of code have at most 100 columns': shortLines,
  'functions have at most 70 lines': shortFunctions,
  'files have at most 500 lines': shortFile,
  'nothing is exported as default': noDefaultExport,
  'no file only re-exports': noBarrel,
  'files and folders have telling names': goodName,
  'no enums': noEnum,
  'nothing unfinished, and no words about how this was made': noForbiddenWord,
  'only commands print': noConsole,
  'documents begin with a title': titled,
  'test titles are unique in a file': uniqueTitles,
};

describe('the repository is tidy', () => {
  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });
});

describe('imports', () => {
  test('keep to the table of layers', () => {
    expect(layerProblems(imports)).toEqual([]);
  });

  test('have no cycles', () => {
    expect(cyclesOf(imports)).toEqual([]);
  });

  test('of tests have nothing of dist', () => {
    expect(distProblems(imports)).toEqual([]);
  });
});

test('the rules see the repository', () => {
  expect(files.map((file) => file.path)).toContain('test/tidy.test.ts');
  expect(imports.some((edge) => edge.isFile)).toBe(true);
});
