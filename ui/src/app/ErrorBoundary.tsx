import { Component, type ReactNode } from "react";
import { Button, ErrorCard } from "@/components";

interface State {
  error: Error | null;
}

/** A fault of ours in drawing the window: says so, and offers to draw it anew. Data and chats are in the core, safe. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="mx-auto max-w-140 p-10">
        <ErrorCard
          title="Something in this window broke"
          error={{
            message: error.message,
            hint: "Your data and chats are safe. Draw the window again to go on.",
          }}
        >
          <Button size="small" onClick={() => this.setState({ error: null })}>
            Draw again
          </Button>
        </ErrorCard>
      </div>
    );
  }
}
