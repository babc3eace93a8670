// Cells that several tables of runs have.
import {el, given} from '../dom';
import type {SiteRun} from './data';

export const joined = (values: string[]): string => values.join(', ') || '–';

export const runLink = (run: SiteRun): HTMLElement => el('a', {href: run.page}, given(run.name));
