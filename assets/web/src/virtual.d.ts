// What build.mjs provides: the user guide as HTML, and the list of files the service worker keeps.
declare module 'virtual:help' {
  interface HelpPage {
    topic: string;
    title: string;
    html: string;
  }
  export const help: { nl: HelpPage[]; en: HelpPage[] };
}

declare const SHELL_FILES: string[];
declare const SHELL_VERSION: string;
