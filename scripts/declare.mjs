// Type declarations of the package. Types that schemas infer are written out, with the comments of the schema: valibot is bundled, not installed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

const FORMAT = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.InTypeAlias | ts.NodeBuilderFlags.MultilineObjectLiterals;
const HOST = { ...ts.sys, getCurrentDirectory: () => process.cwd(), getCanonicalFileName: (name) => name, getNewLine: () => '\n' };

function ofValibot(node) {
  return ts.isQualifiedName(node) && ts.isIdentifier(node.left) && node.left.text === 'v';
}

function some(node, matches) {
  return matches(node) || ts.forEachChild(node, (child) => some(child, matches) || undefined) === true;
}

/** Puts the comments of the properties of `type` on the node that describes it. */
function addComments(node, type, checker) {
  if (ts.isArrayTypeNode(node)) addComments(node.elementType, checker.getIndexTypeOfType(type, ts.IndexKind.Number), checker);
  if (ts.isUnionTypeNode(node)) {
    const objects = type.types.filter(({ flags }) => flags & ts.TypeFlags.Object);
    node.types.filter((part) => ts.isTypeLiteralNode(part) || ts.isArrayTypeNode(part)).forEach((part, index) => addComments(part, objects[index], checker));
  }
  if (!ts.isTypeLiteralNode(node)) return;
  for (const member of node.members) {
    const property = type.getProperty(member.name.text);
    const text = ts.displayPartsToString(property.getDocumentationComment(checker));
    if (text !== '') ts.addSyntheticLeadingComment(member, ts.SyntaxKind.MultiLineCommentTrivia, `* ${text.replaceAll('\n', '\n * ')} `, true);
    addComments(member.type, checker.getTypeOfSymbol(property), checker);
  }
}

/** Without the import of valibot and of names that are used no more. */
function usedImports(statement, rest) {
  if (!ts.isImportDeclaration(statement)) return statement;
  if (statement.moduleSpecifier.text === 'valibot') return undefined;
  const bindings = statement.importClause.namedBindings;
  if (!ts.isNamedImports(bindings)) return statement;
  const isUsed = ({ name }) => rest.some((other) => some(other, (node) => ts.isIdentifier(node) && node.text === name.text));
  const elements = bindings.elements.filter(isUsed);
  if (elements.length === 0) return undefined;
  const clause = ts.factory.updateImportClause(statement.importClause, statement.importClause.phaseModifier, undefined, ts.factory.updateNamedImports(bindings, elements));
  return ts.factory.updateImportDeclaration(statement, statement.modifiers, clause, statement.moduleSpecifier, statement.attributes);
}

function withoutSchemas(checker) {
  return (context) => (file) => {
    const inferred = (node) => {
      if (!ts.isTypeReferenceNode(node) || !ofValibot(node.typeName) || !node.typeName.right.text.startsWith('Infer')) return ts.visitEachChild(node, inferred, context);
      const type = checker.getTypeFromTypeNode(ts.getOriginalNode(node));
      const written = checker.typeToTypeNode(type, ts.getOriginalNode(file), FORMAT);
      addComments(written, type, checker);
      return written;
    };
    const statements = ts.visitEachChild(file, inferred, context).statements.filter((statement) => !some(statement, ofValibot));
    const rest = statements.filter((statement) => !ts.isImportDeclaration(statement));
    return ts.factory.updateSourceFile(file, statements.map((statement) => usedImports(statement, rest)).filter((statement) => statement !== undefined));
  };
}

function refuse(diagnostics) {
  if (diagnostics.length > 0) throw new Error(`type declarations failed\n${ts.formatDiagnostics(diagnostics, HOST)}`);
}

/** Declarations of all modules, by path. */
function declarationsOf(entries) {
  const { options, fileNames } = ts.getParsedCommandLineOfConfigFile('tsconfig.json', { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: '.', outDir: '.' }, HOST);
  const program = ts.createProgram([...entries, ...fileNames.filter((name) => name.endsWith('.d.ts'))], options);
  refuse(ts.getPreEmitDiagnostics(program));
  const texts = new Map();
  const write = (name, text) => texts.set(relative('.', name), text);
  refuse(program.emit(undefined, write, undefined, true, { afterDeclarations: [withoutSchemas(program.getTypeChecker())] }).diagnostics);
  return texts;
}

/** Writes what the entries reach to `dist/types`, and once more for CommonJS to `dist/types-cjs`. */
export async function declare(entries) {
  const texts = declarationsOf(entries);
  const paths = new Set(entries.map((entry) => entry.replace(/\.ts$/, '.d.ts')));
  for (const path of paths) {
    for (const { fileName } of ts.preProcessFile(texts.get(path)).importedFiles) {
      if (fileName.startsWith('.')) paths.add(normalize(join(dirname(path), fileName)).replace(/\.ts$/, '.d.ts'));
    }
  }
  for (const folder of ['dist/types', 'dist/types-cjs']) {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), texts.get(path));
    }
  }
  await writeFile('dist/types-cjs/package.json', '{ "type": "commonjs" }\n');
}
