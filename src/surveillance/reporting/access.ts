/** Who does what with reports. Contacts of units are for those who call them. */
export const managers = { role: ['officer', 'administrator'] } as const;
export const reporters = { role: ['reporter', 'officer', 'administrator'] } as const;
export const readers = { role: ['reporter', 'officer', 'administrator', 'observer', 'council'] } as const;
