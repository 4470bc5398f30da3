package io.zigma.nn;

import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Some of the tokens of a sequence, which are all that a layer gets. Scan paths go on from one to
 * the next of those that are there.
 */
public final class TokenSubset {

    private final int total;
    private final int[] kept;

    private TokenSubset(int total, int[] kept) {
        this.total = total;
        this.kept = kept;
    }

    /**
     * Chooses tokens at random.
     *
     * @param total how many there are
     * @param share of them that is left out, 0 … 1 without 1; at least one is kept
     * @param seed decides which
     * @return the others, in raster order
     */
    public static TokenSubset random(int total, double share, long seed) {
        int count = Math.max(1, total - (int) Math.round(share * total));
        int[] all = IntStream.range(0, total).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(total - i);
            int token = all[other];
            all[other] = all[i];
            all[i] = token;
        }
        int[] kept = Arrays.copyOf(all, count);
        Arrays.sort(kept);
        return new TokenSubset(total, kept);
    }

    /**
     * Returns the same positions in each frame of a video.
     *
     * @param frames how many
     * @return a subset of so many times as many tokens
     */
    public TokenSubset inEveryFrame(int frames) {
        int[] tokens = new int[frames * kept.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = i / kept.length * total + kept[i % kept.length];
        }
        return new TokenSubset(frames * total, tokens);
    }

    /**
     * Returns the positions in one frame, where they are the same in each.
     *
     * @param frames how many
     * @return a subset of a frame's tokens
     */
    TokenSubset ofOneFrame(int frames) {
        return new TokenSubset(total / frames, Arrays.copyOf(kept, kept.length / frames));
    }

    /**
     * Returns whether no token is left out.
     *
     * @return true if all L are kept
     */
    public boolean isWhole() {
        return kept.length == total;
    }

    /**
     * Returns the kept tokens.
     *
     * @return their numbers among the L, in raster order
     */
    public int[] kept() {
        return kept.clone();
    }

    /**
     * Returns the other tokens.
     *
     * @return their numbers among the L, in raster order
     */
    public int[] skipped() {
        boolean[] there = new boolean[total];
        for (int token : kept) {
            there[token] = true;
        }
        return IntStream.range(0, total).filter(token -> !there[token]).toArray();
    }

    /**
     * Returns where each token is among the kept ones followed by the others.
     *
     * @return L places, each from 0 to L − 1
     */
    public int[] places() {
        int[] places = new int[total];
        int[] others = skipped();
        for (int i = 0; i < kept.length; i++) {
            places[kept[i]] = i;
        }
        for (int i = 0; i < others.length; i++) {
            places[others[i]] = kept.length + i;
        }
        return places;
    }

    /**
     * Returns a path over the kept tokens alone, in the order in which the whole visits them.
     *
     * @param path over all tokens
     * @throws IllegalArgumentException if it is over another number of them
     */
    ScanPath along(ScanPath path) {
        if (path.length() != total) {
            throw new IllegalArgumentException(
                    "a path over %s tokens, of which a subset of %s is there"
                            .formatted(path.length(), total));
        }
        int[] places = places();
        return ScanPath.of(
                Arrays.stream(path.order())
                        .map(token -> places[token])
                        .filter(place -> place < kept.length)
                        .toArray());
    }
}
