/** What processes of a realm tell each other, and how one of them is chosen. */
export interface NewsBoard {
  /** Tells all other processes, within a second; dropped while the store cannot be reached. At most 900 characters. */
  tell(topic: string, text: string): void;
  /** Calls back with what other processes tell, oldest first; what was told before this process came, too. Dispose to stop. */
  onNews(topic: string, listener: (text: string) => void): Disposable;
  /**
   * Whether this process is the only one that holds a name, for `forMs` or until it gives it up. True where the store
   * cannot be reached: then every process is alone.
   */
  claim(name: string, forMs: number): Promise<boolean>;
  giveUp(name: string): void;
}
