// Where the figures come from: documents, commands, profiles, software, nodes.
import {section} from '../columns';
import type {DocumentData, NodeData, Report} from '../data';
import {badge, el, given} from '../dom';
import {table} from '../table';

const SHOWN = 20;

type Check = NonNullable<NonNullable<DocumentData['imported']>['checks']>[number];

/** What another tool said, and what of it Assay has no case for. */
function importedFacts({imported}: DocumentData): Node[] {
  if (!imported) return [];
  const checks = imported.checks ?? [];
  return [lines([['imported from', `${imported.tool} ${imported.version ?? ''}`.trim()], ['of the file', `${imported.file}, SHA-256 ${imported.sha256}`], ['which does not say', imported.unsaid.join('; ')],
                 ['left out', imported.left_out?.join('; ')]]),
          ...(checks.length === 0 ? [] : [table<Check>({caption: `What ${imported.tool} checked`, rows: checks, text: (one) => `${one.name} ${one.status} ${one.subject}`, columns: [
            {title: 'check', cell: (one) => given(one.name), value: (one) => one.name},
            {title: 'outcome', cell: (one) => badge(one.status), value: (one) => one.status},
            {title: 'of', cell: (one) => given(one.subject ?? ''), value: (one) => one.subject ?? ''},
            {title: 'category', cell: (one) => given(one.category ?? ''), value: (one) => one.category ?? ''},
            {title: 'what it said', wide: true, cell: (one) => given(one.detail ?? ''), value: (one) => one.detail ?? ''},
          ]})])];
}

const lines = (pairs: [string, string | undefined][]): HTMLElement => el('dl', {class: 'facts'}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) =>
  [el('dt', {}, name), el('dd', {}, given(value!))]));

function documentFacts(one: DocumentData): HTMLElement {
  const {run} = one;
  return el('details', {}, el('summary', {}, given(one.file)), lines([
    ['run', run.id], ['started', run.started], ['finished', run.finished], ['status', one.error ? `${one.status}: ${one.error}` : one.status],
    ['simulated', one.simulated ? 'yes' : 'no'], ['backend', run.backend], ['profile', `${run.profile.name}, SHA-256 ${run.profile.sha256}`],
    ['command', run.command.join(' ')], ['seed', String(run.seed)], ['processes', String(run.world_size)], ['schema', one.schema_version],
    ['content SHA-256', one.sha256], ['nodes between which it measured', one.fabric?.nodes.join(', ')],
    ...Object.entries(one.software).map(([name, version]): [string, string] => [name.replaceAll('_', ' '), version]),
  ]), ...importedFacts(one));
}

function nodeFacts(node: NodeData): HTMLElement {
  const kubernetes = node.kubernetes;
  return el('details', {}, el('summary', {}, given(node.name)), lines([
    ...(kubernetes ? [['pod', `${kubernetes.namespace}/${kubernetes.pod}`], ['image', kubernetes.image_digest], ['claim', kubernetes.claim], ['allocated', kubernetes.allocated?.join(', ')]] as [string, string | undefined][] : []),
    ...Object.entries(node.labels).map(([name, value]): [string, string] => [name, value]),
    ['NICs', node.nics.map((nic) => JSON.stringify(nic)).join('; ')], ['topology', JSON.stringify(node.topology)],
  ]));
}

export function provenance(report: Report): HTMLElement {
  const light = table({caption: 'What the speed of light of each model comes from', rows: [...new Map([...report.devices].reverse().map((device) => [device.sku ?? device.name, device])).values()], columns: [
    {title: 'model', cell: (device) => given(device.sku ?? device.name)},
    {title: 'source', cell: (device) => given(device.speed_of_light?.source ?? 'not known')},
  ]});
  const more = (count: number): HTMLElement | null => count > SHOWN ? el('p', {}, `and ${count - SHOWN} more, in the documents themselves`) : null;
  return section('provenance', 'Provenance', el('p', {}, `Written by assay ${report.assay} from ${report.documents.length} document${report.documents.length === 1 ? '' : 's'}.`),
    el('h3', {}, 'Documents'), ...report.documents.slice(0, SHOWN).map(documentFacts), more(report.documents.length),
    el('h3', {}, 'Nodes'), ...report.nodes.slice(0, SHOWN).map(nodeFacts), more(report.nodes.length), report.devices.length > 0 ? light : null);
}
