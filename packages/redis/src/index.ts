export type { BookStore } from "./store/book-store.ts";
