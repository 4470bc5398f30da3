package io.zigma.cli.terminal;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far a long job is, with its rate and the time that remains.
 *
 * <p>On a terminal one line is redrawn; elsewhere a line is written every few seconds, so that logs
 * stay readable. Not for several threads.
 */
public final class ProgressBar implements AutoCloseable {

    private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int BAR_WIDTH = 24;
    private static final int SHORTEST_BAR = 4;

    private final Console console;
    private final String unit;
    private final long start;
    private final LongSupplier clock;
    private final long startTime;

    private long done;
    private long total;
    private String note = "";
    private long lastShown;
    private boolean shown;
    private boolean stale;
    private int barLength;

    /**
     * Starts the clock.
     *
     * @param unit what is counted, in the plural
     * @param start how much was done before, 0 for a new job
     */
    public ProgressBar(Console console, String unit, long start) {
        this(console, unit, start, System::nanoTime);
    }

    public ProgressBar(Console console, String unit, long start, LongSupplier clock) {
        this.console = console;
        this.unit = unit;
        this.start = start;
        this.clock = clock;
        this.startTime = clock.getAsLong();
        this.lastShown = startTime;
        this.done = start;
    }

    /**
     * Takes note of progress and shows it when it is time to.
     *
     * @param nowDone how much is done
     * @param nowTotal how much will be done at the end
     * @param nowNote what else there is to say, may be empty
     */
    public void advanceTo(long nowDone, long nowTotal, String nowNote) {
        total = nowTotal;
        done = nowDone;
        note = nowNote;
        stale = true;
        long now = clock.getAsLong();
        long pause = console.terminal() ? REDRAW_NANOS : LINE_NANOS;
        boolean first = console.terminal() && !shown;
        if (first || now - lastShown >= pause) {
            show(now);
        }
    }

    /** Writes a line of its own above the bar. */
    public void say(String line) {
        erase();
        console.say(line);
        if (console.terminal() && shown) {
            show(clock.getAsLong());
        }
    }

    /** Prints a result to standard output, above the bar where both are seen together. */
    public void print(String result) {
        boolean bar = barLength > 0;
        erase();
        console.out().println(result);
        if (bar) {
            show(clock.getAsLong());
        }
    }

    /** Shows the last state and ends the line. */
    @Override
    public void close() {
        if (stale) {
            show(clock.getAsLong());
        }
        if (console.terminal() && barLength > 0) {
            console.err().println();
            barLength = 0;
        }
    }

    private void show(long now) {
        lastShown = now;
        shown = true;
        stale = false;
        String line = text(now);
        if (console.terminal()) {
            String fitting = line.substring(0, Math.min(line.length(), console.columns() - 1));
            erase();
            console.err().print(fitting);
            console.err().flush();
            barLength = fitting.length();
        } else {
            console.err().println(line);
        }
    }

    private void erase() {
        if (barLength > 0) {
            console.err().print("\r" + " ".repeat(barLength) + "\r");
            barLength = 0;
        }
    }

    /**
     * On a terminal, what does not fit is dropped in this order: cells of the bar, all of it, the
     * rate.
     */
    private String text(long now) {
        String counted = done + "/" + total + ' ' + unit;
        double seconds = (now - startTime) / 1e9;
        String rate = "";
        String left = "";
        if (done > start && seconds > 0) {
            double perSecond = (done - start) / seconds;
            rate = ", " + rate(perSecond);
            left =
                    done < total
                            ? ", " + duration((total - done) / perSecond) + " left"
                            : ", took " + duration(seconds);
        }
        String noted = note.isEmpty() ? "" : ", " + note;
        String whole = counted + rate + left + noted;
        if (!console.terminal()) {
            return whole;
        }
        int room = console.columns() - 1;
        int cells = Math.min(BAR_WIDTH, room - whole.length() - "[] ".length());
        if (cells >= SHORTEST_BAR) {
            return bar(cells) + whole;
        }
        return whole.length() <= room ? whole : counted + left + noted;
    }

    private String bar(int cells) {
        int filled = (int) (total == 0 ? cells : cells * done / total);
        return '[' + "#".repeat(filled) + ".".repeat(cells - filled) + "] ";
    }

    private String rate(double perSecond) {
        if (perSecond >= 1) {
            return String.format(Locale.ROOT, "%.1f %s/s", perSecond, unit);
        }
        String one = unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
        return String.format(Locale.ROOT, "%.1f s/%s", 1 / perSecond, one);
    }

    /** Returns a duration as 8 s, 3:05 or 1:02:03, rounded to seconds. */
    public static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
        }
        return String.format(
                Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
