import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { FasFieldName } from '../../src/core/fas/fields';
import { fasMetrics } from '../../src/core/fas/model';
import { t, withDecimalMark } from '../../src/core/language';
import { paperAcer, paperHter } from '../../src/core/fas/rows';
import type { FasForm, FasView } from './view';

/** The form for an own model. */
export function formSection(view: FasView, form: FasForm): TemplateResult {
  const { message } = view;
  const close = (): void => view.show({ form: null });
  const keep = (event: Event): void => {
    const fields = typedIn(event.currentTarget as HTMLFormElement);
    const isOfDevice = event.target instanceof HTMLSelectElement && event.target.name === 'device';
    // Another board has other power modes.
    if (isOfDevice) view.show({ form: { ...form, fields: { ...fields, power_mode: '' } } });
    else view.keepTyped(fields);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = typedIn(event.currentTarget as HTMLFormElement);
    // The form keeps what was typed, in case something is wrong with it.
    view.show({ form: { ...form, fields, problems: [] } });
    view.post({ type: 'save', draft: form.draft, id: form.id, fields });
  };
  const known = message.rows.flatMap(({ hter, acer }) => [hter, acer].filter((rate) => rate !== null));
  return html`<section class="add" aria-labelledby="add-title">
    <h2 id="add-title">${form.id === null ? t('Add a model') : t('Change a model')}</h2>
    ${form.about.map((sentence) => html`<p class="subtitle">${sentence}</p>`)}
    <form @submit=${submit} @input=${keep} @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && close()}>
      <div class="fields">
        ${field(form, 'name', t('Name'), { required: true })}
        ${field(form, 'throughput_fps', 'FPS', { hint: t('e.g. {0}', withDecimalMark('42.8')) })}
        ${choice(form, 'basis', t('Source'), [
          { id: 'measured', name: t('measured') },
          { id: 'predicted', name: t('predicted') },
        ])}
        ${choice(form, 'device', t('Device'), message.devices, message.choice.device)} ${powerModeChoice(form, message)}
        ${choice(form, 'runtime', t('Runtime'), message.runtimes, message.choice.runtime)}
        ${field(form, 'parameters', t('Parameters'), { hint: t('e.g. {0}', withDecimalMark('8.14 M')) })}
      </div>
      ${fasMetrics.map((metric) => {
        const paper = metric === 'hter' ? paperHter : paperAcer;
        return html`<fieldset>
          <legend>${metric.toUpperCase()}</legend>
          <div class="fields">
            ${field(form, `${metric}_percent`, t('Percent'), { hint: t('empty if unknown') })}
            ${field(form, `${metric}_dataset`, t('Tested on'), { list: 'datasets', initially: paper.dataset })}
            ${field(form, `${metric}_protocol`, t('Protocol, or trained on'), { list: 'protocols', initially: paper.protocol })}
          </div>
        </fieldset>`;
      })}
      <p class="advice">
        ${t('Error rates are comparable only within one test: models with the same dataset and protocol share a Pareto front.')}
      </p>
      <div class="fields">${field(form, 'comment', t('Comment'), {})}</div>
      ${options(
        'datasets',
        known.map(({ dataset }) => dataset),
      )}
      ${options(
        'protocols',
        known.map(({ protocol }) => protocol),
      )}
      <div class="actions">
        <button type="submit" class="primary">${t('Save')}</button>
        <button type="button" class="secondary" @click=${close}>${t('Cancel')}</button>
      </div>
    </form>
  </section>`;
}

function typedIn(form: HTMLFormElement): FasForm['fields'] {
  const data = [...new FormData(form)];
  return Object.fromEntries(data.map(([name, value]) => [name, typeof value === 'string' ? value : '']));
}

interface FieldOptions {
  readonly required?: boolean;
  readonly hint?: string;
  readonly list?: string;
  /** Its content when the form is opened. */
  readonly initially?: string;
}

function field(form: FasForm, name: FasFieldName, label: string, options: FieldOptions): TemplateResult {
  const { required = false, hint = '', list, initially = '' } = options;
  const problem = form.problems.find((each) => each.field === name)?.reason;
  return html`<div class="field">
    <label for=${`field-${name}`}>${label}</label>
    <input
      id=${`field-${name}`}
      name=${name}
      autocomplete="off"
      maxlength="300"
      placeholder=${hint}
      list=${list ?? nothing}
      ?required=${required}
      aria-invalid=${problem === undefined ? 'false' : 'true'}
      aria-describedby=${problem === undefined ? nothing : `problem-${name}`}
      .value=${live(form.fields[name] ?? initially)}
    />
    ${problem === undefined ? nothing : html`<p class="problem" id=${`problem-${name}`} role="alert">${problem}</p>`}
  </div>`;
}

function choice(
  form: FasForm,
  name: FasFieldName,
  label: string,
  items: readonly { readonly id: string; readonly name: string }[],
  initially = items[0]?.id ?? '',
): TemplateResult {
  const chosen = form.fields[name] ?? initially;
  // A board that only this model names must not change when the form is opened.
  const offered =
    chosen === '' || items.some(({ id }) => id === chosen) ? items : [...items, { id: chosen, name: chosen }];
  const problem = form.problems.find((each) => each.field === name)?.reason;
  return html`<div class="field">
    <label for=${`field-${name}`}>${label}</label>
    <select id=${`field-${name}`} name=${name}>
      ${offered.map(({ id, name: text }) => html`<option value=${id} .selected=${live(id === chosen)}>${text}</option>`)}
    </select>
    ${problem === undefined ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
  </div>`;
}

/** The power modes of the chosen board, if it has several. */
function powerModeChoice(form: FasForm, { devices, choice: settings }: FasView['message']) {
  const device = form.fields['device'] ?? settings.device;
  const { powerModes = [] } = devices.find(({ id }) => id === device) ?? {};
  if (powerModes.length < 2) return nothing;
  const initially = form.fields['device'] === undefined ? settings.powerMode : undefined;
  const { power_mode: typed = initially, ...fields } = form.fields;
  const chosen = { ...form, fields: { ...fields, ...(typed ? { power_mode: typed } : {}) } };
  return choice(chosen, 'power_mode', t('Power mode'), powerModes);
}

function options(id: string, values: readonly string[]): TemplateResult {
  return html`<datalist id=${id}>
    ${[...new Set(values)].map((value) => html`<option value=${value}></option>`)}
  </datalist>`;
}
