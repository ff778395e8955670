import { Button, Menu, TextInput } from "@mantine/core";
import { IconDownload, IconFilter } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import classes from "./FilterBar.module.css";
import { exportLink } from "./exportLink.ts";
import { TimeSelect } from "./TimeSelect.tsx";

/** What the address bar holds of a search: words, and how many hours back. */
type Search<Name extends string> = Partial<Record<Name | "hours", string>>;

interface FilterBarProps<Name extends string> {
  search: Search<Name>;
  set: (what: Search<Name>) => void;
  /** The search's words that are typed, with their labels. */
  words: [Name, string][];
  /** Choices of the screen's own. */
  children?: ReactNode;
}

/** Narrows down a list that the server filters: by words, by the screen's own choices, by time. On a telephone it is a button until it is wanted. */
export function FilterBar<Name extends string>({ search, set, words, children }: FilterBarProps<Name>) {
  const change = (name: Name | "hours", value: string) => set({ [name]: value || undefined } as Search<Name>);
  const [open, setOpen] = useState(false);
  const count = Object.entries(search).filter(([name, value]) => value && name !== "view").length;
  return (
    <div role="search" className={classes.bar} data-open={open || undefined}>
      <Button className={classes.more} variant="default" size="xs" leftSection={<IconFilter size={14} />} aria-expanded={open} onClick={() => setOpen(!open)}>
        {count > 0 ? `Filters: ${count}` : "Filters"}
      </Button>
      {words.map(([name, label]) => (
        <TextInput
          key={name + (search[name] ?? "")}
          aria-label={label}
          placeholder={label}
          size="xs"
          defaultValue={search[name] ?? ""}
          onBlur={(e) => e.currentTarget.value !== (search[name] ?? "") && change(name, e.currentTarget.value)}
          onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
        />
      ))}
      {children}
      <TimeSelect hours={search.hours} onChange={(hours) => change("hours", hours ?? "")} />
    </div>
  );
}

/** Downloads what a list shows, which the API exports below a path. */
export function ExportMenu({ path, query }: { path: string; query: object }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={15} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={exportLink(path, query, "csv")} download>
          As CSV
        </Menu.Item>
        <Menu.Item component="a" href={exportLink(path, query, "json")} download>
          As JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
