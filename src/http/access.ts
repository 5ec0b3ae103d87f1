import { problem } from '../problem.ts';
import type { Role, Viewer } from '../ui/view.ts';
import type { PartyFacts } from './caller.ts';

/** Who may come through the door. What a person may do to this very thing is decided by the action, which knows the thing. */
export type Access =
  | 'anyone'
  | 'signed-in'
  | { readonly role: readonly Role[] }
  | { readonly needs: string; readonly may: (viewer: Viewer) => boolean };

/** Returns when the viewer may enter. A path that names a party is entered only by those who work for it, unless it is open to anyone. */
export function authorise(access: Access, viewer: Viewer, partyInPath: PartyFacts | undefined): void {
  if (access === 'anyone') return;
  if (!viewer.account) throw problem.notSignedIn({});
  if (partyInPath && partyInPath.id !== viewer.party?.id) throw problem.notAllowed({ needs: partyInPath.slug });
  if (access === 'signed-in') return;
  if ('role' in access) {
    if (!access.role.some((role) => viewer.roles.has(role)))
      throw problem.notAllowed({ needs: access.role.join(', ') });
    return;
  }
  if (!access.may(viewer)) throw problem.notAllowed({ needs: access.needs });
}
