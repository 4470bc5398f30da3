package io.zigma.media;

import java.util.HexFormat;

/** The numbers of VP8's specification, a byte each in two digits (RFC 6386). */
final class Vp8Tables {

    /** Kinds of blocks, bands of coefficients, contexts and decisions of a coefficient's token. */
    static final int KINDS = 4;

    static final int BANDS = 8;
    static final int CONTEXTS = 3;
    static final int DECISIONS = 11;

    /** How small blocks are predicted. */
    static final int MODES = 10;

    /** Steps of the quantiser for the first coefficient of a block (section 14.1). */
    private static final int[] FIRST_STEPS = {
        4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 19, 20, 20, 21, 21, 22, 22,
        23, 23, 24, 25, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 37, 38, 39, 40, 41, 42,
        43, 44, 45, 46, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64,
        65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86,
        87, 88, 89, 91, 93, 95, 96, 98, 100, 101, 102, 104, 106, 108, 110, 112, 114, 116, 118, 122,
        124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157
    };

    /** The same for the others. */
    private static final int[] OTHER_STEPS = {
        4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50,
        51, 52, 53, 54, 55, 56, 57, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84, 86, 88,
        90, 92, 94, 96, 98, 100, 102, 104, 106, 108, 110, 112, 114, 116, 119, 122, 125, 128, 131,
        134, 137, 140, 143, 146, 149, 152, 155, 158, 161, 164, 167, 170, 173, 177, 181, 185, 189,
        193, 197, 201, 205, 209, 213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269,
        274, 279, 284
    };

    /** Probabilities that a probability of a token is changed (section 13.4). */
    private static final byte[] CHANGES =
            HexFormat.of()
                    .parseHex(
                            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffb0f6ffffffffffffffffffdf"
                                    + "f1fcfffffffffffffffff9fdfdfffffffffffffffffff4fcffffffffffffffffeafefefffffffffffffffffdff"
                                    + "fffffffffffffffffffff6feffffffffffffffffeffdfefffffffffffffffffefffefffffffffffffffffff8fe"
                                    + "fffffffffffffffffbfffefffffffffffffffffffffffffffffffffffffffffdfefffffffffffffffffbfefeff"
                                    + "fffffffffffffffefffefffffffffffffffffffefdfffefffffffffffffafffefffefffffffffffffeffffffff"
                                    + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd9ffffffffff"
                                    + "ffffffffffe1fcf1fdfffffeffffffffeafaf1fafdfffdfefffffffffeffffffffffffffffffdffefeffffffff"
                                    + "ffffffffeefdfefefffffffffffffffff8fefffffffffffffffff9feffffffffffffffffffffffffffffffffff"
                                    + "fffffffffdfffffffffffffffffff7fefffffffffffffffffffffffffffffffffffffffffffdfeffffffffffff"
                                    + "fffffcfffffffffffffffffffffffffffffffffffffffffffffefefffffffffffffffffdffffffffffffffffff"
                                    + "fffffffffffffffffffffffffffefdfffffffffffffffffafffffffffffffffffffffeffffffffffffffffffff"
                                    + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffbafbfaffffffffffffffffea"
                                    + "fbf4fefffffffffffffffbfbf3fdfefffefffffffffffdfeffffffffffffffffecfdfefffffffffffffffffbfd"
                                    + "fdfefefffffffffffffffefefffffffffffffffffefefefffffffffffffffffffffffffffffffffffffffffeff"
                                    + "fffffffffffffffffefefffffffffffffffffffefffffffffffffffffffffffffffffffffffffffffffeffffff"
                                    + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                                    + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                                    + "fffffffffffffffffffffffffffffffffffffffffffffffffffffff8fffffffffffffffffffffafefcfeffffff"
                                    + "fffffffff8fef9fdfffffffffffffffffdfdfffffffffffffffff6fdfdfffffffffffffffffcfefbfefeffffff"
                                    + "fffffffffefcfffffffffffffffff8fefdfffffffffffffffffdfffefefffffffffffffffffbfeffffffffffff"
                                    + "fffff5fbfefffffffffffffffffdfdfefffffffffffffffffffbfdfffffffffffffffffcfdfeffffffffffffff"
                                    + "fffffefffffffffffffffffffffcfffffffffffffffffff9fffefffffffffffffffffffffeffffffffffffffff"
                                    + "fffffdfffffffffffffffffafffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                                    + "ffffffffffffffffffffffffffffffffffffffffff");

    /** Probabilities of tokens (section 13.5). */
    private static final byte[] TOKENS =
            HexFormat.of()
                    .parseHex(
                            "808080808080808080808080808080808080808080808080808080808080808080fd88feffe4db8080808080bd"
                                    + "81f2ffe3d5ffdb8080806a7ee3fcd6d1ffff8080800162f8ffece2ffff808080b585eefeddeaff9a8080804e86"
                                    + "caf7c6b4ffdb80808001b9f9fff3ff8080808080b896f7ffece080808080804d6ed8ffece680808080800165fb"
                                    + "fff1ff8080808080aa8bf1fcecd1ffff8080802574c4f3e4ffffff80808001ccfefff5ff8080808080cfa0faff"
                                    + "ee8080808080806667e7ffd3ab80808080800198fcfff0ff8080808080b187f3ffeae180808080805081d3ffc2"
                                    + "e080808080800101ff8080808080808080f601ff8080808080808080ff80808080808080808080c623eddfc1bb"
                                    + "a2a0919b3e832dc6ddacb0dc9dfcdd01442f92d095a7dda2ffdf800195f1ffdde0ffff808080b88deafddedcff"
                                    + "c78080805163b5f2b0bef9caffff800181e8fdd6c5f2c4ffff806379d2fac9c6ffca808080175ba3f2aabbf7d2"
                                    + "ffff8001c8f6ffeaff80808080806db2f1ffe7f5ffff8080802c82c9fdcdc0ffff8080800184effbdbd1ffa580"
                                    + "80805e88e1fbdabeffff8080801664aef5baa1ffc780808001b6f9ffe8eb80808080807c8ff1ffe3ea80808080"
                                    + "80234db5fbc1d3ffcd808080019df7ffece7ffff808080798debffe1e3ffff8080802d63bcfbc3d9ffe0808080"
                                    + "0101fbffd5ff8080808080cb01f8ffff8080808080808901b1ffe0ff8080808080fd09f8fbcfd0ffc0808080af"
                                    + "0de0f3c1b9f9c6ffff804911abdda1b3eca7ffea80015ff7fdd4b7ffff808080ef5af4fad3d1ffff8080809b4d"
                                    + "c3f8bcc3ffff8080800118effbdadbffcd808080c933dbffc4ba8080808080452ebeefc9daffe480808001bffb"
                                    + "ffff808080808080dfa5f9ffd5ff80808080808d7cf8ffff8080808080800110f8ffff808080808080be24e6ff"
                                    + "ecff80808080809501ff808080808080808001e2ff8080808080808080f7c0ff8080808080808080f080ff8080"
                                    + "8080808080800186fcffff808080808080d53efaffff808080808080375dff8080808080808080808080808080"
                                    + "808080808080808080808080808080808080808080808080808080ca18d5ebbabfdca0f0afff7e26b6e8a9b8e4"
                                    + "aeffbb803d2e8adb97b2f0aaffd8800170e6fac7bff79fffff80a66de4fcd3d7ffae808080274da2e8acb4f5b2"
                                    + "ffff800134dcf6c6c7f9dcffff807c4abff3b7c1faddffff80184782db9aaaf3b6ffff8001b6e1f9dbf0ffe080"
                                    + "80809596e2fcd8cdffab8080801c6caaf2b7c2fedfffff800151e6fccccbffc08080807b66d1f7bcc4ffe98080"
                                    + "80145f99f3a4adffcb80808001def8ffd8d58080808080a8aff6fcebcdffff8080802f74d7ffd3d4ffff808080"
                                    + "0179ecfdd4d6ffff8080808d54d5fcc9caffdb8080802a50a0f0a2b9ffcd8080800101ff8080808080808080f4"
                                    + "01ff8080808080808080ee01ff8080808080808080");

    /**
     * Probabilities of the modes of small blocks, by those above and to the left (section 11.5).
     */
    private static final byte[] MODE_CHOICES =
            HexFormat.of()
                    .parseHex(
                            "e7783059737178987098b3407eaa762e465faf458f505552489b67383a0aabdabd110d9890470a26abd590221a"
                                    + "721a11a32cc3150aad791850c31a3e2c4055aa2e371388a021ce473f14087272d00c09e251280b60b6541d1024"
                                    + "86b7598962656aa59448bb64829d6f204b504266a7634a3e28ea80293509b2f18d1a086b684f0c1bd9ff571107"
                                    + "4a2b1a9249a631179d412669a033341f73805744472c72330fba172f290e6eb6b71511c2422d1966c5bd171216"
                                    + "585893962a2e2dc4cd2b61b775552623b33d2735c8571a152be8ab3822336872661d5d4d6b36201a3301512b1f"
                                    + "271c55ab3aa55a6240221674ce17222ba64944196a1640ab24e1722213156684bc104c7c3e124e5f5539323033"
                                    + "c165239fd76f592e6f3c941facdbe415126f70714d55b3ff267872282a01c4f5d10a196d6450082b9a01331a47"
                                    + "582b1d8ca6d5252b9a3d3f1e9b432d4401d18e4e4e10ff8022c5ab29280566d3b70401dd333211a8d1c0171952"
                                    + "7d622a58685575af525f543559806471652d4b4f7b2f338051ab013911054766393529317315020a66ffa61706"
                                    + "26210d7939491a0155290a438a4d6e5a2f72651d100a558065c41a39120a6666d522142b75140f24a38044011a"
                                    + "8a1f24ab1ba6262ce543573aa952731a3bb33f3b5ab43ba65d499a282815748fd12227af392e16188001361125"
                                    + "2f0f10b722df312db72e1121b706620f20b7412049731c801780cd2803097333c01206df572509733b4d40152f"
                                    + "68372cda09363582e2405a46cd2829171a39363970b8052926a6d51e221a8598740a20864b200c33c0ffa02b33"
                                    + "271335dd1a722049ff1f0941ea020f017649581f2343665537ba553815176f3bcd2d25c03726467c4966012262"
                                    + "663d472522351ff3c0453c472649771cde25442d8022012f0bf5ab3e1113469255373e464b0f090940ffb87710"
                                    + "252b259a64a355a0013f095c881c4020c95556061c0540ff19f8013808118489ff3774803a0f145287391a7928"
                                    + "a4321f899a851923da33672c83837b1f069e5628408794e02db780161a1183f09a0e01d1530c0d36c0ff442f1c"
                                    + "2d10155b40de0701c53815279b3c8a1766d5551a555580802092ab120b073f90ab0404f6231b0a92aeab0c1a80"
                                    + "be502363b4507e362d557e2f57b033291420654b808b769274805538290fb0ec5525093e9224131eabff611b14"
                                    + "471e117776ff11128a65263c8a37462b1a8e8a2d3d3edb0151bc4020291475978e1415a370130c3dc380300418");

    private Vp8Tables() {}

    /** Returns the step of a block's first coefficient for a quality from 0 to 127. */
    static int firstStep(int index) {
        return FIRST_STEPS[Math.max(0, Math.min(FIRST_STEPS.length - 1, index))];
    }

    /** Returns the step of the others. */
    static int otherStep(int index) {
        return OTHER_STEPS[Math.max(0, Math.min(OTHER_STEPS.length - 1, index))];
    }

    /** Returns the probabilities of tokens, those changed that a file changes. */
    static int[][][][] tokens(Vp8Bits bits) {
        int[][][][] tokens = new int[KINDS][BANDS][CONTEXTS][DECISIONS];
        int at = 0;
        for (int[][][] kind : tokens) {
            for (int[][] band : kind) {
                for (int[] context : band) {
                    for (int i = 0; i < DECISIONS; i++) {
                        boolean changed = bits.flag(CHANGES[at] & 0xff);
                        context[i] = changed ? bits.number(Byte.SIZE) : TOKENS[at] & 0xff;
                        at++;
                    }
                }
            }
        }
        return tokens;
    }

    /** Returns the probabilities of a small block's modes, by those above it and to its left. */
    static int[][][] modeChoices() {
        int[][][] choices = new int[MODES][MODES][MODES - 1];
        int at = 0;
        for (int[][] above : choices) {
            for (int[] left : above) {
                for (int i = 0; i < left.length; i++) {
                    left[i] = MODE_CHOICES[at++] & 0xff;
                }
            }
        }
        return choices;
    }
}
