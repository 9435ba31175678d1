import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { botQuery } from "../../../api/details.ts";

/** The bot's address at Telegram; its number where Telegram has not named it. */
export function BotLink({ id }: { readonly id: string }) {
  const { data: bot, isPending } = useQuery(botQuery(id));
  if (isPending)
    return (
      <Text span inherit>
        the bot
      </Text>
    );
  if (!bot)
    return (
      <Text span inherit>
        no bot
      </Text>
    );
  if (bot.username === null)
    return (
      <Text span inherit>
        the bot with the number {bot.id}
      </Text>
    );
  return (
    <Anchor href={`https://t.me/${bot.username}`} target="_blank" rel="noreferrer" underline="always" inherit>
      @{bot.username}
    </Anchor>
  );
}
