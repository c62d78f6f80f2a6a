"""How common a name is: sharing 张伟 says less than sharing a name that few have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2, prod

SURNAMES = (
    "王.0725 李.0719 张.0683 刘.0538 陈.0453 杨.0308 赵.0229 黄.0223 周.0212 吴.0205 徐.0166 孙.0154 "
    "胡.0131 朱.0126 高.0121 林.0118 何.0117 郭.0115 马.0105 罗.0086 梁.0084 宋.0081 郑.0078 谢.0072 "
    "韩.0068 唐.0065 冯.0064 于.0062 董.0061 萧.0059 肖.0059 程.0057 曹.0057 袁.0054 邓.0054 许.0054 "
    "傅.0051 付.0051 沈.0050 曾.0050 彭.0049 吕.0047 苏.0047 卢.0047 蒋.0047 蔡.0046 贾.0042 丁.0042 "
    "魏.0042 薛.0041 叶.0041 阎.0041 闫.0041 余.0041 潘.0039 杜.0039 戴.0037 夏.0037 钟.0037 汪.0036 "
    "田.0036 任.0036 姜.0036 范.0036 方.0035 石.0034 姚.0034 谭.0034 廖.0034 邹.0033 熊.0032 金.0032 "
    "陆.0032 郝.0030 孔.0030 白.0030 崔.0029 康.0029 毛.0028 邱.0028 秦.0027 江.0027 史.0026 顾.0026 "
    "侯.0025 邵.0025 孟.0024 龙.0024 万.0023 段.0023 雷.0022 钱.0021 汤.0021 尹.0021 黎.0020 易.0020 "
    "常.0020 武.0019 乔.0019 贺.0019 赖.0018 龚.0018 文.0018"
)
"""Shares of the hundred commonest, together about 86 % of people."""

GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅文国建志海春小永金林晓云荣宇浩欣雨子梓轩涵佳俊"
    "嘉怡思婷慧雪琳玲萍燕飞鹏斌波峰龙辉成东新德福贵生民庆凤珍琴莲香月淑美爱翠花兴才良忠义祥安宝立世家正天一"
)
"""Characters of given names that are common, as one group: each about 0.55 % of all characters of given names."""
GIVEN_SHARE = 0.0055

_LEAST = 2.0**-13
_SHORT, _LONG = 0.15, 0.85
_TOGETHER, _COMMON = 2.0, 0.003
"""Characters of one given name are of one generation and sex: together they are commoner than their product."""
_FASHION = 5.0
"""Given names all of whose characters are common are commoner still: 秀英, 建国 and 伟 by far."""


def _surnames() -> dict[str, float]:
    return {one[0]: float(one[1:]) for one in SURNAMES.split()}


@dataclass(frozen=True)
class Frequency:
    """Shares of all people (surnames), of all characters in given names, and of the words of Latin names."""

    surnames: Mapping[str, float]
    given: Mapping[str, float]
    words: Mapping[str, float]
    average: float = 15.8
    """Bits of the name that two strangers share when they share one."""

    def rarity(self, surname: str, given: str) -> float:
        """Bits: -log2 of the share of people so named."""
        return -log2(max(self._share(surname, given), 2.0**-22))

    def _share(self, surname: str, given: str) -> float:
        share = self.surnames.get(surname, _LEAST) if surname else 1.0
        characters = [self.given.get(character, _LEAST) for character in given]
        fashion = _FASHION if characters and min(characters) >= _COMMON else 1.0
        return share * prod(characters) * fashion * (_SHORT if len(given) < 2 else _LONG * _TOGETHER)

    def rarity_of_words(self, words: Sequence[str]) -> float:
        return -log2(max(prod(self.words.get(word, 2.0**-9) for word in words), 2.0**-20))


@lru_cache(maxsize=1)
def usual() -> Frequency:
    return Frequency(_surnames(), dict.fromkeys(GIVEN, GIVEN_SHARE), {})
