import { expect, it } from "vitest";
import { markup } from "./markup.ts";

it("escapes all that is not markup, in text and in attributes", () => {
  const hostile = `"><script>alert('1')</script>&`;

  expect(markup`<p title="${hostile}">${hostile}</p>`.toString()).toBe(
    `<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">` +
      `&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>`,
  );
});

it("keeps markup in markup as it is, in lists too, and leaves out what is not there", () => {
  const items = ["<a>", "b"].map((each) => markup`<li>${each}</li>`);

  expect(markup`<ul>${items}${null}${false}${0}</ul>`.toString()).toBe("<ul><li>&lt;a&gt;</li><li>b</li>0</ul>");
});

it("keeps what is no text out of the page", () => {
  expect(markup`${"a\u0000b\u001bc\td\ne"}`.toString()).toBe("a\u{FFFD}b\u{FFFD}c\td\ne");
});
