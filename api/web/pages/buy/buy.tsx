import { Page } from "../../parts/page.tsx";
import { BuyCard } from "./buy-card.tsx";

export function BuyPage() {
  return (
    <Page title="Buy an assistant">
      <BuyCard />
    </Page>
  );
}
