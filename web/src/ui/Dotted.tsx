import { Fragment } from "react";

/** A name like execution.failed.v1, which breaks after its dots where there is no room. */
export const Dotted = ({ name }: { name: string }) =>
  name.split(/(?<=\.)/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
