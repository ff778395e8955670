import { Box, Button, Center, Skeleton, Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./DataTable.module.css";
import { useFailure, type Asked } from "./Loading.tsx";
import { ProblemNote } from "./ProblemNote.tsx";

export interface Column<T> {
  /** Shown above, and beside the value where rows become cards on narrow screens. */
  title: string;
  cell: (row: T) => ReactNode;
  right?: boolean;
  /** Takes the whole width of a card. */
  wide?: boolean;
  /** For buttons and such: no title is shown. */
  plain?: boolean;
}

interface Common<T> {
  label: string;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  onOpen?: (row: T) => void;
  empty: ReactNode;
}

/** Rows that are not there yet come from a question, so that its failure is told and not waited for. */
type DataTableProps<T> = Common<T> & ({ rows: T[]; from?: Asked | Asked[] } | { rows: T[] | undefined; from: Asked | Asked[] });

/** A list. The server pages and filters it; on narrow screens every row is a card. */
export function DataTable<T>({ label, columns, rows, from = [], rowKey, onOpen, empty }: DataTableProps<T>) {
  const failure = useFailure(from);
  const more = [from].flat().find((a) => a.hasNextPage);
  return (
    <>
      {failure && (
        <Box p="md">
          <ProblemNote {...failure} />
        </Box>
      )}
      {rows?.length === 0 ? empty : (rows || !failure) && <Rows label={label} columns={columns} rows={rows} rowKey={rowKey} onOpen={onOpen} />}
      {more && (
        <Center p="sm">
          <Button variant="default" size="xs" loading={more.isFetchingNextPage} onClick={() => void more.fetchNextPage?.()}>
            Show more
          </Button>
        </Center>
      )}
    </>
  );
}

function Rows<T>({ label, columns, rows, rowKey, onOpen }: Omit<Common<T>, "empty"> & { rows: T[] | undefined }) {
  return (
    <Table className={classes.table} highlightOnHover={!!onOpen} aria-label={label} aria-busy={!rows}>
      <Table.Thead>
        <Table.Tr>
          {columns.map((c) => (
            <Table.Th key={c.title} ta={c.right ? "right" : undefined}>
              {c.plain ? <VisuallyHidden>{c.title}</VisuallyHidden> : c.title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows
          ? rows.map((row) => (
              <Table.Tr key={rowKey(row)} className={onOpen && classes.open} onClick={onOpen && (() => onOpen(row))}>
                {columns.map((c) => (
                  <Table.Td key={c.title} data-title={c.plain ? undefined : c.title} data-wide={c.wide} className={c.right ? classes.right : undefined}>
                    {c.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))
          : [0, 1, 2, 3].map((i) => (
              <Table.Tr key={i}>
                <Table.Td colSpan={columns.length}>
                  <Skeleton height={20} />
                </Table.Td>
              </Table.Tr>
            ))}
      </Table.Tbody>
    </Table>
  );
}
