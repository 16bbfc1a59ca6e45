# The floating-point unit of Armv7E-M.


@micropython.asm_thumb
def part_1(r0, r1):
    vcmp(s0, s1)
    vcmp(s31, s30)
    vsqrt(s1, s2)
    vneg(s3, s4)
    vcvt_f32_s32(s5, s6)
    vcvt_s32_f32(s7, s8)
    vmrs(r0, FPSCR)
    vmrs(APSR_nzcv, FPSCR)
    vmov(r0, s1)
    vmov(s1, r0)
    vldr(s0, [r0, 0])
    vldr(s31, [r7, 0x3fc])
    vstr(s3, [r1, 4])
    vadd(s0, s1, s2)
    vsub(s31, s30, s29)
    vmul(s1, s3, s5)
    vdiv(s2, s4, s6)
    vadd(s00, s01, s0031)
