// Sets CSS custom properties through the CSSOM. A style attribute would be stopped by the page's content policy.
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

class Vars extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('vars goes on an element');
  }

  override update(part: ElementPart, [values]: [Record<string, string>]): void {
    const style = (part.element as HTMLElement).style;
    for (const [name, value] of Object.entries(values)) {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    }
  }

  render(_values: Record<string, string>): void {}
}

export const vars = directive(Vars);
