/** A program and what it is called with: no shell, so nothing of it is ever interpreted by one. */
export interface Call {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Notice {
  readonly title: string;
  readonly text: string;
}

/** How the desktop of one kind of computer shows notifications. */
export interface Programs {
  /** What has to be there, and how one gets it. */
  readonly file: string;
  readonly remedy: string;
  /** `id`: what is shown already, to be replaced; `plain`: for an older program, which tells no ids. */
  show(notice: Notice, id: string | null, plain: boolean): Call;
  /** The program said that it is the older one. */
  isOlder(why: string): boolean;
  /** Takes it back: the first of these that is there. None: it cannot be. */
  clear(id: string): readonly Call[];
}

const MAX_TITLE = 100;
const MAX_TEXT = 500;
/** No control characters: a zero byte ends an argument, and an escape has no business in a notification. */
const clean = (text: string, max: number): string => text.replace(/\p{Cc}/gu, ' ').slice(0, max);

/** libnotify takes the body for markup, and backslashes in it for escapes (tools/notify-send.c); the title for neither. */
const body = (text: string): string =>
  text.replace(/\\/g, '\\\\').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const CLOSE = [
  '/org/freedesktop/Notifications',
  'org.freedesktop.Notifications',
  'CloseNotification',
] as const;

const freedesktop: Programs = {
  file: 'notify-send',
  remedy: 'install it (Debian and Ubuntu: libnotify-bin; Fedora and Arch: libnotify)',
  show: ({ title, text }, id, plain) => ({
    file: 'notify-send',
    args: [
      '--app-name=Ebb',
      ...(plain ? [] : ['--print-id']),
      ...(plain || id === null ? [] : [`--replace-id=${id}`]),
      '--',
      clean(title, MAX_TITLE),
      body(clean(text, MAX_TEXT)),
    ],
  }),
  // 0.7.9 and before.
  isOlder: (why) => /unknown option --(print|replace)-id/i.test(why),
  clear: (id) => {
    const [path, name, method] = CLOSE;
    return [
      {
        file: 'gdbus',
        args: [
          ...['call', '--session', '--timeout', '2', '--dest', name],
          ...['--object-path', path, '--method', `${name}.${method}`, `uint32 ${id}`],
        ],
      },
      { file: 'busctl', args: ['--user', 'call', name, path, name, method, 'u', id] },
    ];
  },
};

const mac: Programs = {
  file: 'osascript',
  remedy: 'it comes with macOS; look at the PATH that Ebb was started with',
  // From the end: whether an older `osascript` hands on the `--` or not.
  show: ({ title, text }) => ({
    file: 'osascript',
    args: [
      ...['-e', 'on run argv'],
      ...['-e', 'display notification (item -1 of argv) with title (item -2 of argv)'],
      ...['-e', 'end run', '--', clean(title, MAX_TITLE), clean(text, MAX_TEXT)],
    ],
  }),
  isOlder: () => false,
  clear: () => [],
};

/** null: Ebb knows of no program there. */
export function programsOf(platform: NodeJS.Platform): Programs | null {
  if (platform === 'darwin') return mac;
  return platform === 'win32' ? null : freedesktop;
}
