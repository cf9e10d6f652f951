// Times and sizes as people read them.
import { language } from '../i18n';

/** 1:02:03 or 2:03, with as many decimals as asked. */
export function clockTime(seconds: number, decimals = 0): string {
  const scale = 10 ** decimals;
  // Down, not to the nearest: 59.96 is still in the first minute.
  const total = Math.floor(Math.max(0, seconds) * scale + 1e-6) / scale;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = (total % 60).toFixed(decimals).padStart(decimals > 0 ? decimals + 3 : 2, '0');
  const shown = language() === 'nl' ? rest.replace('.', ',') : rest;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${shown}` : `${minutes}:${shown}`;
}

/** Reads what clockTime writes, and plain seconds; null when it is no time. */
export function parseClockTime(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':');
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d+)?$/.test(part))) return null;
  return parts.reduce((total, part) => total * 60 + Number(part), 0);
}

export function dateTime(text: string | null): string {
  if (!text) return '';
  const options: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
  const when = new Date(text);
  if (when.getFullYear() !== new Date().getFullYear()) options.year = 'numeric';
  return new Intl.DateTimeFormat(language() === 'nl' ? 'nl-NL' : 'en-GB', options).format(when);
}

export function number(value: number, decimals = 0): string {
  return new Intl.NumberFormat(language() === 'nl' ? 'nl-NL' : 'en-GB', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${number(size, unit > 1 && size < 100 ? 1 : 0)} ${units[unit]}`;
}

/** 22 november 2026 */
export function longDate(when: Date): string {
  return new Intl.DateTimeFormat(language() === 'nl' ? 'nl-NL' : 'en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(when);
}

/** The day of a time of the server, without its hour. */
export function day(text: string | null): string {
  return text ? longDate(new Date(text)) : '';
}

/** november 2026, of "2026-11" */
export function month(text: string): string {
  return new Intl.DateTimeFormat(language() === 'nl' ? 'nl-NL' : 'en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${text}-01T00:00:00Z`));
}
