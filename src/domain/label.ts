/** Something that a row can be found by: `metadata.order_id`, or a field such as `email`. */
export interface Label {
  readonly name: string;
  /** Compared without regard to case. */
  readonly value: string;
}

/** The label's name of a metadata key. */
export function metadataLabel(key: string): string {
  return `metadata.${key}`;
}

/** Fields of customers that are labels beside their metadata. */
export const CUSTOMER_LABELS = ['email', 'name', 'phone'] as const;
