/** The app's process: once it is over, nothing it waits for ever comes. */
export interface Process {
  readonly isOver: boolean;
  readonly ended: Promise<'ended'>;
  end(): void;
}

export function newProcess(): Process {
  let over = false;
  let ending: () => void = () => undefined;
  const ended = new Promise<'ended'>((resolve) => {
    ending = () => {
      resolve('ended');
    };
  });
  return {
    get isOver() {
      return over;
    },
    ended,
    end() {
      over = true;
      ending();
    },
  };
}
