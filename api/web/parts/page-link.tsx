import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type OfAnchor = AnchorProps & Omit<ComponentPropsWithRef<"a">, keyof AnchorProps | "href">;
type OfButton = ButtonProps & Omit<ComponentPropsWithRef<"a">, keyof ButtonProps | "href">;
type OfNavLink = NavLinkProps & Omit<ComponentPropsWithRef<"a">, keyof NavLinkProps | "href">;

/** A link to a page of the dashboard, whose address and parameters are checked by their types. */
export const PageLink = createLink((props: OfAnchor) => <Anchor {...props} />);

/** As PageLink, in the form of a button. */
export const ButtonLink = createLink((props: OfButton) => <Button component="a" {...props} />);

/** As PageLink, in the menu. */
export const MenuLink = createLink((props: OfNavLink) => <NavLink component="a" {...props} />);
