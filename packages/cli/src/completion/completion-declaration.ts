import type { CommandDeclaration } from "../command-line/command-declaration.ts";

/** `shardrock completion SHELL`. */
export const completionDeclaration: CommandDeclaration = {
  name: "completion",
  summary: "Print the script that completes shardrock in a shell",
  description:
    "Prints a script for a shell; once it is read there, Tab completes commands, options, their values and paths. The script asks `shardrock complete` each time, so it never grows old.",
  arguments: [{ name: "shell", description: "Which shell.", choices: ["bash", "zsh", "fish"] }],
  options: [],
  examples: [
    {
      line: 'eval "$(shardrock completion bash)"',
      says: "In this shell; put it in ~/.bashrc to have it in every one.",
    },
    { line: "source <(shardrock completion zsh)", says: "Likewise, in ~/.zshrc, after compinit." },
    { line: "shardrock completion fish > ~/.config/fish/completions/shardrock.fish", says: "In fish." },
  ],
  load: () => import("./completion-command.ts"),
};
