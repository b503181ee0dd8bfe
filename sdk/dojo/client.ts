/** What pages find as `Dojo`. */
(globalThis as unknown as Record<string, unknown>).Dojo = {};
