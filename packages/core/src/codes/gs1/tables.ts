// Made from data/gs1 by scripts/gs1-data.ts: change the data, not this file.

/** GS1 Barcode Syntax Dictionary, changes up to 2026-01-27 and WR 25-306. ai;format;flags;requires;excludes;key;name;title;zh;alias */
export const IDENTIFIERS = `\
00;N18,csum,gcppos2;*?;;;=;sscc;SSCC;系列货运包装箱代码;sscc
01;N14,csum,gcppos2;*?;;255 37;=22,10,21|235;gtin;GTIN;全球贸易项目代码;gtin
02;N14,csum,gcppos2;*?;37;01 03;;contentGtin;CONTENT;物流单元内贸易项目的全球贸易项目代码
03;N14,csum,gcppos2;*;;01 02 37 235;;madeToOrderGtin;MTO GTIN;按订单制造的贸易项目代码
10;X..20;?;01,02,03,8006,8026;;;lot;BATCH/LOT;批号;lot
11;N6,yymmd0;*?;01,02,03,8006,8026;;;productionDate;PROD DATE;生产日期
12;N6,yymmd0;*?;8020;;;dueDate;DUE DATE;付款截止日期
13;N6,yymmd0;*?;01,02,03,8006,8026;;;packagingDate;PACK DATE;包装日期
15;N6,yymmd0;*?;01,02,03,8006,8026;;;bestBeforeDate;BEST BEFORE or BEST BY;保质期（最佳食用日期）
16;N6,yymmd0;*?;01,02,03,8006,8026;;;sellByDate;SELL BY;销售截止日期
17;N6,yymmd0;*?;01,02,03,255,8006,8026;;;expiryDate;USE BY or EXPIRY;有效期（失效日期）
20;N2;*?;01,02,03,8006,8026;;;variant;VARIANT;内部产品变体
21;X..20;;01,03,8006;235;;serial;SERIAL;序列号;ser
22;X..20;;01;;;cpv;CPV;消费产品变体;cpv
235;X..28;;01;;;tpx;TPX;第三方控制的 GTIN 序列扩展;tpx
240;X..30;?;01,02,03,8006,8026;;;additionalId;ADDITIONAL ID;附加产品标识
241;X..30;?;01,02,03,8006,8026;;;customerPartNumber;CUST. PART No.;客户方代码
242;N..6;?;01,02,8006,8026;;;madeToOrderVariant;MTO VARIANT;定制产品代码
243;X..20;?;01,03;;;packagingComponent;PCN;包装组件代码
250;X..30;?;01+21,03+21,8006+21;;;secondarySerial;SECONDARY SERIAL;二级系列号
251;X..30;?;01,03,8006;;;sourceReference;REF. TO SOURCE;源实体参考代码
253;N13,csum,gcppos1 [X..17];?;;;=;gdti;GDTI;全球文件类型代码;gdti
254;X..20;;414;;;glnExtension;GLN EXTENSION COMPONENT;全球位置码扩展组件;glnx
255;N13,csum,gcppos1 [N..12];?;;01 02 415 8006 8020 8026;=;gcn;GCN;全球优惠券代码;gcn
30;N..8;?;01,02;;;variableCount;VAR. COUNT;变量贸易项目中的数量
3100-3105;N6;*?;01,02;310n;;netWeightKg;NET WEIGHT (kg);净重（千克）
3110-3115;N6;*?;01,02;311n;;lengthM;LENGTH (m);长度（米）
3120-3125;N6;*?;01,02;312n;;widthM;WIDTH (m);宽度（米）
3130-3135;N6;*?;01,02;313n;;heightM;HEIGHT (m);高度（米）
3140-3145;N6;*?;01,02;314n;;areaM2;AREA (m²);面积（平方米）
3150-3155;N6;*?;01,02;315n;;netVolumeL;NET VOLUME (l);净体积（升）
3160-3165;N6;*?;01,02;316n;;netVolumeM3;NET VOLUME (m³);净体积（立方米）
3200-3205;N6;*?;01,02;320n;;netWeightLb;NET WEIGHT (lb)
3210-3215;N6;*?;01,02;321n;;lengthIn;LENGTH (in)
3220-3225;N6;*?;01,02;322n;;lengthFt;LENGTH (ft)
3230-3235;N6;*?;01,02;323n;;lengthYd;LENGTH (yd)
3240-3245;N6;*?;01,02;324n;;widthIn;WIDTH (in)
3250-3255;N6;*?;01,02;325n;;widthFt;WIDTH (ft)
3260-3265;N6;*?;01,02;326n;;widthYd;WIDTH (yd)
3270-3275;N6;*?;01,02;327n;;heightIn;HEIGHT (in)
3280-3285;N6;*?;01,02;328n;;heightFt;HEIGHT (ft)
3290-3295;N6;*?;01,02;329n;;heightYd;HEIGHT (yd)
3300-3305;N6;*?;00,01;330n;;grossWeightKg;GROSS WEIGHT (kg);毛重（千克）
3310-3315;N6;*?;00,01;331n;;logisticLengthM;LENGTH (m), log;长度（米），物流
3320-3325;N6;*?;00,01;332n;;logisticWidthM;WIDTH (m), log;宽度（米），物流
3330-3335;N6;*?;00,01;333n;;logisticHeightM;HEIGHT (m), log;高度（米），物流
3340-3345;N6;*?;00,01;334n;;logisticAreaM2;AREA (m²), log;面积（平方米），物流
3350-3355;N6;*?;00,01;335n;;logisticVolumeL;VOLUME (l), log;体积（升），物流
3360-3365;N6;*?;00,01;336n;;logisticVolumeM3;VOLUME (m³), log;体积（立方米），物流
3370-3375;N6;*?;01;337n;;kgPerM2;KG PER m²;千克每平方米
3400-3405;N6;*?;00,01;340n;;grossWeightLb;GROSS WEIGHT (lb)
3410-3415;N6;*?;00,01;341n;;lengthInLog;LENGTH (in), log
3420-3425;N6;*?;00,01;342n;;lengthFtLog;LENGTH (ft), log
3430-3435;N6;*?;00,01;343n;;lengthYdLog;LENGTH (yd), log
3440-3445;N6;*?;00,01;344n;;widthInLog;WIDTH (in), log
3450-3455;N6;*?;00,01;345n;;widthFtLog;WIDTH (ft), log
3460-3465;N6;*?;00,01;346n;;widthYdLog;WIDTH (yd), log
3470-3475;N6;*?;00,01;347n;;heightInLog;HEIGHT (in), log
3480-3485;N6;*?;00,01;348n;;heightFtLog;HEIGHT (ft), log
3490-3495;N6;*?;00,01;349n;;heightYdLog;HEIGHT (yd), log
3500-3505;N6;*?;01,02;350n;;areaIn2;AREA (in²)
3510-3515;N6;*?;01,02;351n;;areaFt2;AREA (ft²)
3520-3525;N6;*?;01,02;352n;;areaYd2;AREA (yd²)
3530-3535;N6;*?;00,01;353n;;areaIn2Log;AREA (in²), log
3540-3545;N6;*?;00,01;354n;;areaFt2Log;AREA (ft²), log
3550-3555;N6;*?;00,01;355n;;areaYd2Log;AREA (yd²), log
3560-3565;N6;*?;01,02;356n;;netWeightTrOz;NET WEIGHT (tr oz)
3570-3575;N6;*?;01,02;357n;;netVolumeOz;NET VOLUME (oz)
3600-3605;N6;*?;01,02;360n;;netVolumeQtUs;NET VOLUME (qt (US))
3610-3615;N6;*?;01,02;361n;;netVolumeGal;NET VOLUME (gal.)
3620-3625;N6;*?;00,01;362n;;volumeQtUsLog;VOLUME (qt (US)), log
3630-3635;N6;*?;00,01;363n;;volumeGalUsLog;VOLUME (gal (US)), log
3640-3645;N6;*?;01,02;364n;;netVolumeIn3;NET VOLUME (in³)
3650-3655;N6;*?;01,02;365n;;netVolumeFt3;NET VOLUME (ft³)
3660-3665;N6;*?;01,02;366n;;netVolumeYd3;NET VOLUME (yd³)
3670-3675;N6;*?;00,01;367n;;volumeIn3Log;VOLUME (in³), log
3680-3685;N6;*?;00,01;368n;;volumeFt3Log;VOLUME (ft³), log
3690-3695;N6;*?;00,01;369n;;volumeYd3Log;VOLUME (yd³), log
37;N..8;?;00+02,00+8026;;;count;COUNT;物流单元内贸易项目的数量
3900-3909;N..15;?;255,8020;390n 391n 394n 8111;;amount;AMOUNT;应付金额或优惠券价值（单一货币区）
3910-3919;N3,iso4217 N..15;?;8020;391n;;amountWithCurrency;AMOUNT;应付金额（含 ISO 货币代码）
3920-3929;N..15;?;01+30,01+31nn,01+32nn,01+35nn,01+36nn;392n 393n;;price;PRICE;变量贸易项目应付金额（单一货币区）
3930-3939;N3,iso4217 N..15;?;30,31nn,32nn,35nn,36nn;393n;;priceWithCurrency;PRICE;变量贸易项目应付金额（含 ISO 货币代码）
3940-3943;N4;?;255;394n 8111;;percentOff;PRCNT OFF;优惠券折扣百分比
3950-3955;N6;?;30,31nn,32nn,35nn,36nn;392n 393n 395n 8005;;pricePerMeasure;PRICE/UoM;单位计量价格
400;X..30;?;;;;orderNumber;ORDER NUMBER;客户订购单代码
401;X..30,gcppos1;?;;;=;ginc;GINC;全球托运标识代码;ginc
402;N17,csum,gcppos1;?;;;=;gsin;GSIN;全球装运标识代码;gsin
403;X..30;?;00;;;route;ROUTE;路径代码
410;N13,csum,gcppos1;*?;;;;shipTo;SHIP TO LOC;交货地全球位置码
411;N13,csum,gcppos1;*?;;;;billTo;BILL TO;受票方全球位置码
412;N13,csum,gcppos1;*?;;;;purchaseFrom;PURCHASE FROM;供货方全球位置码
413;N13,csum,gcppos1;*?;;;;shipFor;SHIP FOR LOC;货物最终目的地全球位置码
414;N13,csum,gcppos1;*?;;;=254|7040;gln;LOC No.;物理位置的全球位置码;gln
415;N13,csum,gcppos1;*?;8020;;=8020;payTo;PAY TO;开票方全球位置码;payTo
416;N13,csum,gcppos1;*?;;;;productionLocation;PROD/SERV LOC;产品或服务位置的全球位置码
417;N13,csum,gcppos1;*?;;;=7040;party;PARTY;参与方全球位置码;party
420;X..20;?;;421;;shipToPostcode;SHIP TO POST;同一邮政区域内交货地的邮政编码
421;N3,iso3166 X..9;?;;4307;;shipToPostcodeWithCountry;SHIP TO POST;含 ISO 国家（地区）代码的交货地邮政编码
422;N3,iso3166;?;01,02,03,8006,8026;426;;originCountry;ORIGIN;贸易项目的原产国（地区）
423;N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166;?;01,02,03;426;;initialProcessingCountry;COUNTRY - INITIAL PROCESS;贸易项目初始加工的国家（地区）
424;N3,iso3166;?;01,02,03;426;;processingCountry;COUNTRY - PROCESS;贸易项目加工的国家（地区）
425;N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166;?;01,02,03;426;;disassemblyCountry;COUNTRY - DISASSEMBLY;贸易项目拆分的国家（地区）
426;N3,iso3166;?;01,02,03;;;fullProcessingCountry;COUNTRY - FULL PROCESS;全程加工贸易项目的国家（地区）
427;X..3;?;01+422,02+422,03+422;;;originSubdivision;ORIGIN SUBDIVISION;原产地行政区划代码
4300;X..35,pcenc;?;00;;;shipToCompany;SHIP TO COMP;收货公司
4301;X..35,pcenc;?;00;;;shipToName;SHIP TO NAME;收货联系人
4302;X..70,pcenc;?;00;;;shipToAddress1;SHIP TO ADD1;收货地址一
4303;X..70,pcenc;?;4302;;;shipToAddress2;SHIP TO ADD2;收货地址二
4304;X..70,pcenc;?;00;;;shipToSub;SHIP TO SUB
4305;X..70,pcenc;?;00;;;shipToLoc;SHIP TO LOC
4306;X..70,pcenc;?;00;;;shipToReg;SHIP TO REG
4307;X2,iso3166alpha2;?;00;;;shipToCountry;SHIP TO COUNTRY;收货国家（地区）
4308;X..30;?;00;;;shipToPhone;SHIP TO PHONE;收货电话
4309;N10,latitude N10,longitude;?;00;;;shipToGeo;SHIP TO GEO;收货地经纬度
4310;X..35,pcenc;?;00;;;rtnToComp;RTN TO COMP
4311;X..35,pcenc;?;00;;;rtnToName;RTN TO NAME
4312;X..70,pcenc;?;00;;;rtnToAdd1;RTN TO ADD1
4313;X..70,pcenc;?;4312;;;rtnToAdd2;RTN TO ADD2
4314;X..70,pcenc;?;00;;;rtnToSub;RTN TO SUB
4315;X..70,pcenc;?;00;;;rtnToLoc;RTN TO LOC
4316;X..70,pcenc;?;00;;;rtnToReg;RTN TO REG
4317;X2,iso3166alpha2;?;00;;;rtnToCountry;RTN TO COUNTRY
4318;X..20;?;00;;;rtnToPost;RTN TO POST
4319;X..30;?;00;;;rtnToPhone;RTN TO PHONE
4320;X..35,pcenc;?;00;;;srvDescription;SRV DESCRIPTION
4321;N1,yesno;?;00;;;dangerousGoods;DANGEROUS GOODS
4322;N1,yesno;?;00;;;authToLeave;AUTH TO LEAVE
4323;N1,yesno;?;00;;;sigRequired;SIG REQUIRED
4324;N6,yymmd0 N4,hhmi;?;00;;;notBefDelDt;NOT BEF DEL DT
4325;N6,yymmd0 N4,hhmi;?;00;;;notAftDelDt;NOT AFT DEL DT
4326;N6,yymmdd;?;00;;;relDate;REL DATE
4330;N6 [X1],hyphen;?;00;4331;;maxTempF;MAX TEMP F.
4331;N6 [X1],hyphen;?;00;4330;;maxTempC;MAX TEMP C.
4332;N6 [X1],hyphen;?;00;4333;;minTempF;MIN TEMP F.
4333;N6 [X1],hyphen;?;00;4332;;minTempC;MIN TEMP C.
7001;N13;?;01,02,8006,8026;;;nsn;NSN;北约物资代码
7002;X..30;?;01,02;;;meatCut;MEAT CUT;胴体肉与分割产品分类
7003;N6,yymmdd N4,hhmi;?;01,02,03;;;expiryTime;EXPIRY TIME;产品的有效日期和时间
7004;N..4;?;01+10,03+10;;;activePotency;ACTIVE POTENCY;活性值
7005;X..12;?;01,02;;;catchArea;CATCH AREA;捕获区
7006;N6,yymmdd;?;01,02;;;firstFreezeDate;FIRST FREEZE DATE;首次冷冻日期
7007;N6,yymmdd [N6],yymmdd;?;01,02;;;harvestDate;HARVEST DATE;收获日期
7008;X..3;?;01,02;;;aquaticSpecies;AQUATIC SPECIES;渔业品种代码
7009;X..10;?;01,02;;;fishingGear;FISHING GEAR TYPE;渔具类型
7010;X..2;?;01,02,03;;;productionMethod;PROD METHOD;生产方法
7011;N6,yymmdd [N4],hhmi;?;01,02,03;;;testByDate;TEST BY DATE;检测截止日期
7020;X..20;?;01+416,03+416,8006+416;;;refurbishmentLot;REFURB LOT;翻新批号
7021;X..20;?;01,03,8006;;;functionalStatus;FUNC STAT;功能状态
7022;X..20;?;01+7021,03+7021,8006+7021;;;revisionStatus;REV STAT;修订状态
7023;X..30,gcppos1;?;;;;assemblyGiai;GIAI - ASSEMBLY;装配件全球单个资产代码
7030;N3,iso3166999 X..27;?;01,02;;;processor0;PROCESSOR # 0
7031;N3,iso3166999 X..27;?;01,02;;;processor1;PROCESSOR # 1
7032;N3,iso3166999 X..27;?;01,02;;;processor2;PROCESSOR # 2
7033;N3,iso3166999 X..27;?;01,02;;;processor3;PROCESSOR # 3
7034;N3,iso3166999 X..27;?;01,02;;;processor4;PROCESSOR # 4
7035;N3,iso3166999 X..27;?;01,02;;;processor5;PROCESSOR # 5
7036;N3,iso3166999 X..27;?;01,02;;;processor6;PROCESSOR # 6
7037;N3,iso3166999 X..27;?;01,02;;;processor7;PROCESSOR # 7
7038;N3,iso3166999 X..27;?;01,02;;;processor8;PROCESSOR # 8
7039;N3,iso3166999 X..27;?;01,02;;;processor9;PROCESSOR # 9
7040;N1 X1 X1 X1,importeridx;;;;;uic;UIC+EXT;经济运营者识别码扩展;uic
7041;X..4,packagetype;;00;;;freightUnitType;UFRGT UNIT TYPE;运输单元包装类型
710;X..20;?;01;;;nhrnPzn;NHRN PZN
711;X..20;?;01;;;nhrnCip;NHRN CIP
712;X..20;?;01;;;nhrnCn;NHRN CN
713;X..20;?;01;;;nhrnDrn;NHRN DRN
714;X..20;?;01;;;nhrnAim;NHRN AIM
715;X..20;?;01;;;nhrnNdc;NHRN NDC
716;X..20;?;01;;;nhrnAic;NHRN AIC
717;X..20;?;01;;;nhrnSrn;NHRN SRN
7230;X2 X..28;?;01,8004;;;cert1;CERT # 1
7231;X2 X..28;?;01,8004;;;cert2;CERT # 2
7232;X2 X..28;?;01,8004;;;cert3;CERT # 3
7233;X2 X..28;?;01,8004;;;cert4;CERT # 4
7234;X2 X..28;?;01,8004;;;cert5;CERT # 5
7235;X2 X..28;?;01,8004;;;cert6;CERT # 6
7236;X2 X..28;?;01,8004;;;cert7;CERT # 7
7237;X2 X..28;?;01,8004;;;cert8;CERT # 8
7238;X2 X..28;?;01,8004;;;cert9;CERT # 9
7239;X2 X..28;?;01,8004;;;cert10;CERT # 10
7240;X..20;?;01,8006;03;;protocol;PROTOCOL
7241;N2,mediatype;?;8017,8018;;;aidcMediaType;AIDC MEDIA TYPE
7242;X..25;?;8017,8018;;;vcn;VCN
7250;N8,yyyymmdd;?;8018;7251;;dob;DOB
7251;N8,yyyymmdd N4,hhmi;?;8018;7250;;dobTime;DOB TIME
7252;N1,iso5218;?;8018;;;bioSex;BIO SEX
7253;X..40,pcenc;?;8017,8018;7256 7259;;familyName;FAMILY NAME
7254;X..40,pcenc;?;8017,8018;7256 7259;;givenName;GIVEN NAME
7255;X..10;?;8017,8018;7256 7259;;suffix;SUFFIX
7256;X..90,pcenc;?;8017,8018;;;fullName;FULL NAME
7257;X..70,pcenc;?;8018;;;personAddr;PERSON ADDR
7258;X3,posinseqslash;?;8018+7259;;;birthSequence;BIRTH SEQUENCE
7259;X..40,pcenc;?;8018;7256;;baby;BABY
8001;N4,nonzero N5,nonzero N3,nonzero N1,winding N1;?;01;;;rollDimensions;DIMENSIONS;卷状产品的可变值
8002;X..20;?;;;;cmtNumber;CMT No.;蜂窝移动电话标识符
8003;N1,zero N13,csum,gcppos1 [X..16];?;;;=;grai;GRAI;全球可回收资产代码;grai
8004;X..30,gcppos1;?;;;=7040;giai;GIAI;全球单个资产代码;giai
8005;N6;?;01,02;;;pricePerUnit;PRICE PER UNIT;单价
8006;N14,csum,gcppos2 N4,pieceoftotal;?;;01 03 37;=22,10,21;itip;ITIP;贸易项目组件代码;itip
8007;X..34,iban;?;415;;;iban;IBAN;国际银行账号
8008;N6,yymmdd N2,hh [N2],mi [N2],ss;?;01,02,03;;;productionTime;PROD TIME;产品生产的日期与时间
8009;X..50;?;00,01,03;;;opticalSensor;OPTSEN;光学可读传感指示
8010;Y..30,gcppos1;?;;;=8011;cpid;CPID;组件/部件代码;cpid
8011;N..12,nozeroprefix;;8010;;;cpidSerial;CPID SERIAL;部件序列号;cpsn
8012;X..20;?;01,03,8006;;;softwareVersion;VERSION;软件版本
8013;X..25,csumalpha,gcppos1;?;;;=;gmn;GMN;全球型号代码;gmn
8014;X..25,csumalpha,gcppos1,hasnondigit;;01;;;mudi;MUDI;高度个性化器械注册标识（主 UDI-DI）
8017;N18,csum,gcppos1;?;;8018;=8019;gsrnp;GSRN - PROVIDER;全球服务关系代码（提供方）;gsrnp
8018;N18,csum,gcppos1;?;;8017;=8019;gsrn;GSRN - RECIPIENT;全球服务关系代码（接受方）;gsrn
8019;N..10;;8017,8018;;;srin;SRIN;服务关系事项代码;srin
8020;X..25;;415;;;paymentReference;REF No.;付款单参考代码;refno
8026;N14,csum,gcppos2 N4,pieceoftotal;?;37;02 03 8006;;contentItip;ITIP CONTENT;物流单元内贸易项目组件代码
8030;Z..90;?;00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018;;;digitalSignature;DIGSIG;数字签名
8040;N15;;01+21;;;imei;IMEI
8041;N15;;01+21+8040;;;imei2;IMEI2
8042;N32;;01+21+8040;;;esim;ESIM
8043;N18 [N..2];;01+21+8040;;;psim;PSIM
8110;X..70,couponcode;?;;;;coupon
8111;N4;?;255;;;points;POINTS
8112;X..70,couponposoffer;?;;;;couponPositiveOffer
8200;X..70;;01;;;productUrl;PRODUCT URL;扩展包装 URL
90;X..30;?;;;;;INTERNAL;贸易伙伴之间相互约定的信息
91-99;X..90;?;;;;;INTERNAL;公司内部信息
`

/** ISO 3166-1, num-3; ISO 3166-1, alpha-2; ISO 4217, numeric, with the amendments known to GS1 Barcode Syntax Dictionary 2026-01-27; GS1 PackageTypeCode: UN/ECE Recommendation 21 with the additions of GS1; GS1 General Specifications, AIDC media types: AI (7241) */
export const CODE_LISTS = `\
iso3166=004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 074 076 084 086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170 174 175 178 180 184 188 191 192 196 203 204 208 212 214 218 222 226 231 232 233 234 238 239 242 246 248 250 254 258 260 262 266 268 270 275 276 288 292 296 300 304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 364 368 372 376 380 384 388 392 398 400 404 408 410 414 417 418 422 426 428 430 434 438 440 442 446 450 454 458 462 466 470 474 478 480 484 492 496 498 499 500 504 508 512 516 520 524 528 531 533 534 535 540 548 554 558 562 566 570 574 578 580 581 583 584 585 586 591 598 600 604 608 612 616 620 624 626 630 634 638 642 643 646 652 654 659 660 662 663 666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 716 724 728 729 732 740 744 748 752 756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 804 807 818 826 831 832 833 834 840 850 854 858 860 862 876 882 887 894
iso3166alpha2=AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
iso4217=008 012 032 036 044 048 050 051 052 060 064 068 072 084 090 096 104 108 116 124 132 136 144 152 156 170 174 188 192 203 208 214 222 230 232 238 242 262 270 292 320 324 328 332 340 344 348 352 356 360 364 368 376 388 392 396 398 400 404 408 410 414 417 418 422 426 430 434 446 454 458 462 480 484 496 498 504 512 516 524 532 533 548 554 558 566 578 586 590 598 600 604 608 634 643 646 654 682 690 702 704 706 710 728 748 752 756 760 764 776 780 784 788 800 807 818 826 834 840 858 860 882 886 901 924 925 926 927 928 929 930 933 934 936 938 940 941 943 944 946 947 948 949 950 951 952 953 955 956 957 958 959 960 961 962 963 964 965 967 968 969 970 971 972 973 975 976 977 978 979 980 981 984 985 986 990 994 997 999
packagetype=1A 1B 1D 1F 1G 1W 200 201 202 203 204 205 206 210 211 212 2C 3A 3H 43 44 4A 4B 4C 4D 4F 4G 4H 5H 5L 5M 6H 6P 7A 7B 8 8A 8B 8C 9 AA AB AC AD AF AG AH AI AJ AL AM AP APE AT AV B4 BB BC BD BE BF BG BGE BH BI BJ BK BL BM BME BN BO BP BQ BR BRI BS BT BU BV BW BX BY BZ CA CB CBL CC CCE CD CE CF CG CH CI CJ CK CL CM CN CO CP CQ CR CS CT CU CV CW CX CY CZ DA DB DC DG DH DI DJ DK DL DM DN DP DPE DR DS DT DU DV DW DX DY E1 E2 E3 EC ED EE EF EG EH EI EN FB FC FD FE FI FL FO FOB FP FPE FR FT FW FX GB GI GL GR GU GY GZ HA HB HC HG HN HR IA IB IC ID IE IF IG IH IK IL IN IZ JB JC JG JR JT JY KG KI LAB LE LG LT LU LV LZ MA MB MC ME MPE MR MS MT MW MX NA NE NF NG NS NT NU NV OA OB OC OD OE OF OK OPE OT OU P2 PA PAE PB PC PD PE PF PG PH PI PJ PK PL PLP PN PO POP PP PPE PR PT PU PUE PV PX PY PZ QA QB QC QD QF QG QH QJ QK QL QM QN QP QQ QR QS RB1 RB2 RB3 RCB RD RG RJ RK RL RO RT RZ S1 SA SB SC SD SE SEC SH SI SK SL SM SO SP SS ST STL SU SV SW SX SY SZ T1 TB TC TD TE TEV TG THE TI TK TL TN TO TR TRE TS TT TTE TU TV TW TWE TY TZ UC UN UUE VA VG VI VK VL VN VO VP VQ VR VS VY WA WB WC WD WF WG WH WJ WK WL WM WN WP WQ WR WRP WS WT WU WV WW WX WY WZ X11 X12 X15 X16 X17 X18 X19 X20 X3 XA XB XC XD XF XG XH XJ XK YA YB YC YD YF YG YH YJ YK YL YM YN YP YQ YR YS YT YV YW YX YY YZ ZA ZB ZC ZD ZF ZG ZH ZJ ZK ZL ZM ZN ZP ZQ ZR ZS ZT ZU ZV ZW ZX ZY ZZ
mediatype=01 02 03 04 05 06 07 08 09 10 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
`

/** GS1 Digital Link Standard: Compression, table of optimisation codes */
export const OPTIMISATIONS = `\
0A=01 22;0B=01 10;0C=01 21;0D=01 17;0E=01 7003;0F=01 30;1A=01 10 21 17;1B=01 15
1C=01 11;1D=01 16;1E=01 91;1F=01 10 15;2A=01 3100;2B=01 3101;2C=01 3102;2D=01 3103
2E=01 3104;2F=01 3105;3A=01 3200;3B=01 3201;3C=01 3202;3D=01 3203;3E=01 3204;3F=01 3205
9A=8010 8011;9B=8017 8019;9C=8018 8019;9D=414 254;A0=01 3920;A1=01 3921;A2=01 3922;A3=01 3923
A4=01 3924;A5=01 3925;A6=01 3926;A7=01 3927;A8=01 3928;A9=01 3929;C0=255 3900;C1=255 3901
C2=255 3902;C3=255 3903;C4=255 3904;C5=255 3905;C6=255 3906;C7=255 3907;C8=255 3908;C9=255 3909
CA=255 3940;CB=255 3941;CC=255 3942;CD=255 3943
`

/** GB 12904: digits of the maker code by GS1 prefix (secondary sources; of the other prefixes no rule is published) */
export const PREFIX_LENGTHS = `\
690=7;691=7;692=8;693=8
`
